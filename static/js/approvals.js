// Fetches the questions to the supervisor anew when something of theirs changed, and speaks a new one once.
(() => {
  const newest = () => document.querySelector("#approvals [data-announce]");
  let spoken = newest()?.dataset.announce;

  document.addEventListener("live:own-call", () => htmx.trigger("#refresh-approvals", "refresh"));
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "approvals") return;
    const words = newest();
    if (!words || words.dataset.announce === spoken) return;
    spoken = words.dataset.announce;
    document.getElementById("announcer-urgent").textContent = words.textContent;
  });
})();
