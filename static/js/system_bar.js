// Shows how transfers fare as the event stream tells it, and says it once to screen readers: urgently where it changes
// what to do with the caller on the line.
document.addEventListener("live:health", ({ detail: html }) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const next = holder.content.getElementById("system-bar");
  const present = document.getElementById("system-bar");
  if (!next || !present) return;
  const isNews = next.dataset.condition !== present.dataset.condition;
  present.replaceWith(next);
  if (!isNews) return;
  const region = document.getElementById("urgent" in next.dataset ? "announcer-urgent" : "announcer");
  region.textContent = next.dataset.announce;
});
