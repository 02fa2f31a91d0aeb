// Shows a message when an action of the person failed or got no answer: nothing else on the page would show it.
// The picker shows its own messages.
(() => {
  const place = document.getElementById("action-trouble");
  if (!place) return;
  const isAction = (element) => element.matches("a, button, form") && !element.closest("dialog");

  function showTrouble(event, name) {
    if (!isAction(event.detail.elt)) return;
    place.replaceChildren(document.querySelector(`template[data-trouble="${name}"]`).content.cloneNode(true));
    document.dispatchEvent(new CustomEvent("live:own-call"));
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isAction(event.detail.elt)) place.replaceChildren();
  });
  document.addEventListener("htmx:sendError", (event) => showTrouble(event, "unsure"));
  document.addEventListener("htmx:timeout", (event) => showTrouble(event, "unsure"));
  document.addEventListener("htmx:responseError", (event) => showTrouble(event, event.detail.xhr.status < 500 ? "refused" : "unsure"));
})();
