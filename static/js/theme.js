// The reader's theme, set before the first paint: loaded as a blocking script, so that nothing flashes.

(function setTheme() {
  let theme = "system";
  try {
    theme = localStorage.getItem("council-theme") ?? "system";
  } catch {
    // Storage may be forbidden; the system's theme is a good answer then.
  }
  document.documentElement.dataset.theme = theme;
})();
