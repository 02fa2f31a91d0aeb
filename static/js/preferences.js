// Saves a preference without leaving the page. Without this script the form posts and comes back.
// A change of language posts as usual: the page must be written anew.
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
