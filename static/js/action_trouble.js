// Says so when what a person pressed got an error or no answer at all: nothing else on the page would show it.
// The picker says it by itself.
(() => {
  const place = document.getElementById("action-trouble");
  if (!place) return;
  const isAction = (element) => element.matches("a, button, form") && !element.closest("dialog");

  function say(event, name) {
    if (!isAction(event.detail.elt)) return;
    place.replaceChildren(document.querySelector(`template[data-trouble="${name}"]`).content.cloneNode(true));
    document.dispatchEvent(new CustomEvent("live:own-call"));
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isAction(event.detail.elt)) place.replaceChildren();
  });
  document.addEventListener("htmx:sendError", (event) => say(event, "unsure"));
  document.addEventListener("htmx:timeout", (event) => say(event, "unsure"));
  document.addEventListener("htmx:responseError", (event) => say(event, event.detail.xhr.status < 500 ? "refused" : "unsure"));
})();
