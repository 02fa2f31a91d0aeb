// The picker as a modal dialog: opens when it is loaded, shows the read-back, sends once, and returns the focus.
// Without this script the same address is a page of its own.
import { DestOptions } from "./dest_options.js";
import { DestSearch } from "./dest_search.js";

let opener = null; // outside the class: the dialog is rendered again after an error, the opener stays the same

class DestPicker {
  constructor(dialog) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.send = dialog.querySelector("#dest-send");
    this.notice = dialog.querySelector("#dest-notice");
    this.list = new DestOptions(dialog);
    this.search = new DestSearch(dialog, this.list, (name) => this.message(name));
    this.leaving = new AbortController();
    this.isSending = false;
    this.isChecked = false;
    this.listen();
    this.open();
  }

  on(target, names, handler, capture = false) {
    for (const name of names.split(" ")) {
      target.addEventListener(name, handler, { signal: this.leaving.signal, capture });
    }
  }

  listen() {
    const { dialog, list, search } = this;
    this.on(dialog, "keydown", (event) => this.press(event));
    this.on(dialog, "click", (event) => this.click(event));
    this.on(dialog, "submit", (event) => this.checkSubmit(event), true);
    this.on(dialog, "dest-selected", () => this.refresh());
    this.on(list.input, "input", () => { this.stopConfirming(); search.typed(); });
    this.on(dialog, "change", (event) => { if (event.target.name === "kind") { this.stopConfirming(); search.changeKind(); } });
    this.on(dialog, "cancel", (event) => { if (this.isSending) event.preventDefault(); });
    this.on(dialog, "close", () => this.leave());
    this.on(dialog, "transfer-requested", () => this.finish());
    this.on(dialog, "htmx:configRequest", (event) => { if (event.target !== this.form) search.configure(event); });
    this.on(dialog, "htmx:beforeRequest", (event) => { event.target === this.form ? this.wait(true) : search.begin(event); });
    this.on(dialog, "htmx:afterRequest", (event) => { event.target === this.form ? this.wait(false) : search.end(event); });
    this.on(dialog, "htmx:sendError htmx:timeout", (event) => this.fail(event, "no-answer"));
    // After a server error the transfer may have been recorded nevertheless.
    this.on(dialog, "htmx:responseError", (event) => this.fail(event, event.detail.xhr.status < 500 ? "failed" : "unsure"));
    this.on(dialog, "htmx:beforeSwap", (event) => { if (event.target.id === "dest-results") search.expect(event); });
    this.on(dialog, "htmx:load", (event) => { if (event.target.id === "dest-results") this.listArrived(); });
    this.on(document, "call-changed", (event) => this.callChanged(event.detail));
  }

  open() {
    if (document.activeElement !== document.body) opener = document.activeElement;
    this.dialog.showModal();
    this.list.input.setSelectionRange(-1, -1);
    (this.dialog.querySelector("[aria-invalid=true]") ?? this.list.input).focus();
    const preselected = this.dialog.querySelector("#dest-options [aria-selected=true]");
    preselected ? this.list.choose(preselected) : this.list.settle();
    this.refresh();
  }

  // The new card takes the focus itself.
  finish() {
    this.isDone = true;
    this.dialog.close();
  }

  leave() {
    this.leaving.abort();
    this.dialog.remove();
    const back = opener?.isConnected ? opener : document.querySelector("#call-card [aria-haspopup=dialog]");
    if (!this.isDone) back?.focus();
    opener = null;
  }

  // --- keys and clicks

  press(event) {
    if (event.isComposing) return;
    if (event.key === "Enter") this.pressEnter(event);
    else if (event.key.toLowerCase() === "d" && (event.ctrlKey || event.metaKey)) this.pressFavourite(event);
    else if (event.target === this.list.input) this.pressArrow(event);
    else if (event.target === this.send && (event.key === "Backspace" || /^[^ ]$/u.test(event.key))) this.list.input.focus();
  }

  pressEnter(event) {
    const isNote = event.target.name === "note";
    const isButton = event.target.closest("button");
    if (isNote && event.shiftKey) return;
    if (event.repeat || !isButton) event.preventDefault();
    if (event.repeat || isButton) return;
    if (isNote && !event.ctrlKey && !event.metaKey) this.send.focus();
    else this.activate();
  }

  pressFavourite(event) {
    event.preventDefault();
    if (!event.repeat && this.search.isSettled) this.dialog.querySelector("[data-favourite]")?.click();
  }

  pressArrow(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.stopConfirming();
    this.list.move(steps[event.key]);
  }

  click(event) {
    const option = event.target.closest("[role=option]");
    if (option) this.list.choose(option);
    if (event.target.closest("[data-correct]")) this.stopConfirming();
    if (event.target.closest("[data-search-again]")) this.search.again();
    if (event.target.closest("[data-close]")) this.dialog.close();
    else if (event.target.closest("[role=option], [data-correct], [data-search-again]")) this.list.input.focus();
  }

  // --- sending

  get isConfirming() { return this.dialog.classList.contains("dest-picker--confirm"); }

  get isBlocked() {
    return this.isSending || !this.list.selected || Boolean(this.notice.querySelector("[data-obstacle=ended]"));
  }

  activate() {
    if (!this.maySend()) return;
    this.isChecked = true;
    this.form.requestSubmit(this.send);
    this.isChecked = false;
  }

  // Runs for every way to submit the form, so that none avoids the checks.
  checkSubmit(event) {
    if (this.isChecked || event.submitter?.matches("[data-ask]") || this.maySend()) return;
    event.preventDefault();
    event.stopPropagation();
  }

  maySend() {
    if (this.isBlocked || !this.search.isSettled) return false;
    const { typed, closed, near, away } = this.list.selected.dataset; // these need a second confirmation
    if ((typed ?? closed ?? near ?? away) !== undefined && !this.isConfirming) {
      this.askToConfirm();
      return false;
    }
    return true;
  }

  askToConfirm() {
    this.dialog.classList.add("dest-picker--confirm");
    this.search.touch();
    this.send.focus();
  }

  stopConfirming() { this.dialog.classList.remove("dest-picker--confirm"); }

  wait(isSending) {
    this.isSending = isSending;
    if (isSending) this.notice.replaceChildren();
    this.refresh();
  }

  refresh() { this.send.setAttribute("aria-disabled", String(this.isBlocked)); }

  // --- events from outside the dialog

  listArrived() {
    const hadFocus = this.dialog.contains(document.activeElement) && document.activeElement !== this.dialog;
    this.stopConfirming();
    this.search.arrived();
    if (!hadFocus) this.list.input.focus();
  }

  fail(event, name) {
    if (event.target === this.form) this.notice.replaceChildren(this.message(name));
    else if (event.target === this.list.input) this.search.fail(event);
  }

  callChanged({ callUuid, state }) {
    if (callUuid !== this.dialog.dataset.callUuid) return;
    if (state === "ended") this.notice.replaceChildren(this.message("ended"));
    if (state === "connected") this.notice.querySelector("[data-obstacle=waiting]")?.remove();
    this.refresh();
  }

  message(name) {
    return this.dialog.querySelector(`template[data-message="${name}"]`).content.cloneNode(true);
  }
}

document.addEventListener("htmx:load", (event) => {
  const dialog = event.target.matches("dialog#dest-picker") ? event.target : null;
  if (dialog && !dialog.open) new DestPicker(dialog);
});

// After the session has expired, the answer is the sign-in page: go there instead of showing it inside the picker.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo, target } = event.detail;
  if (!target.closest("#dialog-slot, #dest-picker") || !xhr.responseURL) return;
  const arrived = new URL(xhr.responseURL).pathname;
  if (arrived === new URL(pathInfo.requestPath, location.href).pathname) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL);
});
