// The eye beside a password field shows and hides what is typed. Without this script there is no eye.
for (const eye of document.querySelectorAll("[data-password-eye]")) {
  const input = eye.parentElement.querySelector("input");
  eye.hidden = false;
  eye.addEventListener("click", () => {
    const isShown = input.type === "password";
    input.type = isShown ? "text" : "password";
    eye.setAttribute("aria-pressed", String(isShown));
    input.focus();
  });
  input.form?.addEventListener("submit", () => { input.type = "password"; });
}
