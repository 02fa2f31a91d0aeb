// The search of the picker. `wanted` is the query in the input, `shown` the query of the list. While they differ, and for a
// moment after the list changed, Enter does nothing.
const SETTLE_MS = 150; // the person may have aimed at the list before the change
const SKELETON_MS = 300;
const DIGIT = /^[1-9]$/;

export class DestSearch {
  constructor(dialog, list, message) {
    this.dialog = dialog;
    this.list = list;
    this.message = message;
    this.emptyKeys = new Set(); // digits without a favourite: these are searched like any other text
    this.shown = this.wanted;
    this.touch();
  }

  get text() { return this.list.input.value.trim(); }

  get kind() { return this.dialog.querySelector("input[name=kind]:checked")?.value ?? ""; }

  // A single digit selects a favourite, and favourites are in the list for an empty text.
  get wanted() {
    const text = DIGIT.test(this.text) && !this.emptyKeys.has(this.text) ? "" : this.text;
    return JSON.stringify([text, this.kind]);
  }

  get isSettled() { return this.shown === this.wanted && performance.now() - this.changedAt >= SETTLE_MS; }

  touch() { this.changedAt = performance.now(); }

  typed() {
    this.list.chosenKey = "";
    if (this.shown === this.wanted) this.arrive();
  }

  changeKind() {
    this.emptyKeys.clear();
    this.again();
  }

  again() { window.htmx.trigger(this.list.input, "dest-search"); }

  // htmx:configRequest of the two requests that replace the list: the search, and setting a favourite.
  configure(event) {
    const isSearch = event.target === this.list.input;
    if (isSearch && this.shown === this.wanted && !this.isLoading) {
      event.preventDefault();
      return;
    }
    [event.detail.parameters.q, event.detail.parameters.kind] = JSON.parse(this.wanted);
  }

  begin(event) {
    if (event.target !== this.list.input) return;
    this.latest = event.detail.xhr;
    this.isLoading = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show("loading"), SKELETON_MS);
  }

  end(event) {
    if (event.detail.xhr !== this.latest) return;
    this.isLoading = false;
    clearTimeout(this.timer);
  }

  fail(event) {
    if (event.detail.xhr === this.latest) this.show("search-failed");
  }

  show(name) {
    this.shown = null; // forces a new fetch
    this.list.select(null);
    this.list.results.setAttribute("aria-busy", String(name === "loading"));
    this.list.results.replaceChildren(this.message(name));
  }

  // htmx:beforeSwap: remembers the query of the list that is about to be shown.
  expect(event) {
    const { q, kind } = event.detail.requestConfig.parameters;
    this.coming = JSON.stringify([q, kind]);
  }

  arrived() {
    this.shown = this.coming;
    this.dialog.querySelector("#dest-count").textContent = this.list.results.dataset.found.trim();
    if (this.shown === this.wanted) this.arrive();
    else this.list.settle();
    this.touch();
  }

  arrive() {
    const digit = DIGIT.test(this.text) && !this.emptyKeys.has(this.text) ? this.text : "";
    const favourite = digit && this.list.onPosition(digit);
    if (favourite) {
      this.list.choose(favourite);
    } else {
      this.list.settle();
      if (digit) this.search(digit);
    }
  }

  search(digit) {
    this.emptyKeys.add(digit);
    this.again();
  }
}
