// The pages work without this file; it starts GOV.UK Frontend's components and htmx's CSRF header.
// The address comes from the page, because it carries a hash of the file's content.
const { initAll } = await import(document.getElementById("govuk-frontend").href);

document.body.classList.add("js-enabled", "govuk-frontend-supported");
const start = () => initAll({ onError: (error) => error.name === "InitError" || console.error(error) });
start();

document.body.addEventListener("htmx:config:request", (event) => {
  const { csrf } = document.body.dataset;
  if (csrf) event.detail.ctx.request.headers["X-CSRFToken"] = csrf;
});
// What has been started already says so with an InitError; only what a swap brought is new.
document.body.addEventListener("htmx:after:swap", start);

// What is folded on the screen is open on paper.
window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details:not([open])")) fold.open = true;
});
