// Shows the bar about the state of transfers that the event stream brings, and announces it once to screen readers: urgently
// if it changes what to do with the caller.
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
