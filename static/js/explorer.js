// The page of the API: Swagger UI, on this server's own description.

/**
 * @typedef {(options: Record<string, unknown>) => unknown} SwaggerUI
 */

const chosen = document.documentElement.dataset.theme;
const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.classList.toggle("dark-mode", dark); // Swagger UI's own word for it.

const draw = /** @type {{ SwaggerUIBundle?: SwaggerUI }} */ (/** @type {unknown} */ (window)).SwaggerUIBundle;

const token = document.querySelector("meta[name=csrf-token]")?.getAttribute("content");

/** A page that somebody has signed in on says with every request that it is ours.
 * @param {{ headers: Record<string, string> }} request
 */
function introduce(request) {
  if (token) request.headers["X-CSRF-Token"] = token;
  return request;
}

draw?.({
  url: "/api/openapi.json",
  dom_id: "#main",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayOperationId: true,
  filter: true,
  requestInterceptor: introduce,
  validatorUrl: null, // Nobody else is asked whether the description is right.
});
