// Fetches the supervisor's open questions again after each change, and announces a new question once.
(() => {
  const newest = () => document.querySelector("#approvals [data-announce]");
  let announced = newest()?.dataset.announce;

  document.addEventListener("live:own-call", () => htmx.trigger("#refresh-approvals", "refresh"));
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "approvals") return;
    const question = newest();
    if (!question || question.dataset.announce === announced) return;
    announced = question.dataset.announce;
    document.getElementById("announcer-urgent").textContent = question.textContent;
  });
})();
