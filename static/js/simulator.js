// Refreshes the simulator's page: fetches it every two seconds and replaces the parts marked data-live.
// A part in which a mouse button is pressed waits for the next round. The focus stays on the element with the same id.

const REFRESH_MS = 2000;

function replacePart(part, fresh) {
  if (!fresh || part.matches(":active") || part.querySelector(":active") || part.innerHTML === fresh.innerHTML) return;
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.replaceChildren(...fresh.childNodes);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

async function refresh() {
  if (document.hidden) return;
  const lost = document.getElementById("not-live");
  try {
    const response = await fetch("/", { signal: AbortSignal.timeout(REFRESH_MS * 2) });
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    document.querySelectorAll("[data-live]").forEach((part) => replacePart(part, page.getElementById(part.id)));
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
}

async function keepFresh() {
  await refresh();
  setTimeout(keepFresh, REFRESH_MS);
}

document.addEventListener("visibilitychange", refresh);
setTimeout(keepFresh, REFRESH_MS);
