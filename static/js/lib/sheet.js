// Style sheets of parts that are fetched later: each is put into the page once.

/** @type {Map<string, Promise<void>>} */
const sheets = new Map();

/** Resolves when the sheet applies; a sheet that cannot be fetched is asked for again next time. @param {string} name */
export function loadSheet(name) {
  const known = sheets.get(name);
  if (known) return known;
  const loading = linkTo(`/static/css/${name}.css`);
  sheets.set(name, loading);
  loading.catch(() => sheets.delete(name));
  return loading;
}

/** @param {string} href @returns {Promise<void>} */
function linkTo(href) {
  if (document.head.querySelector(`link[rel="stylesheet"][href="${href}"]`)) return Promise.resolve();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error(`The style sheet ${href} could not be loaded.`));
    });
    document.head.append(link);
  });
}
