// Saves a preference without leaving the page. Without this script the form is posted as usual.
// A change of language is always posted as usual, because the whole page has to be rendered again.
const showPreference = (name, value) => {
  const key = name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  document.documentElement.dataset[key] = value;
  for (const button of document.querySelectorAll(`[data-preferences] [name="${name}"][aria-pressed]`)) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("[data-preferences]") || !button || button.name === "language" || form.dataset.plain) return;
  event.preventDefault();
  const request = { method: "POST", body: new FormData(form, button), headers: { "HX-Request": "true" } };
  const response = await fetch(form.action, request).catch(() => null);
  if (!response) return; // no network: nothing was saved, so nothing changes
  if (response.status !== 204) {
    form.dataset.plain = "yes";
    form.requestSubmit(button);
    return;
  }
  showPreference(button.name, button.value);
  if (!button.checkVisibility()) form.querySelector(`.theme-toggle--${button.value}`)?.focus();
});
