// The search of the picker: what the input wants, what the list shows, and the time in between, in which Enter must rest.
const SETTLE_MS = 150; // a list that changed a moment ago may not be what the person aimed at
const SKELETON_MS = 300;
const DIGIT = /^[1-9]$/;

export class DestSearch {
  constructor(dialog, list, message) {
    this.dialog = dialog;
    this.list = list;
    this.message = message;
    this.emptyKeys = new Set(); // digits that turned out to hold no favourite: searched like any text
    this.shown = this.wanted;
    this.touch();
  }

  get text() { return this.list.input.value.trim(); }

  get kind() { return this.dialog.querySelector("input[name=kind]:checked")?.value ?? ""; }

  // A single digit selects a favourite in the list for no text at all.
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

  // htmx:configRequest of everything that renders the list anew: the search and the favourite.
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
    this.shown = null; // whatever comes next has to be fetched
    this.list.select(null);
    this.list.results.setAttribute("aria-busy", String(name === "loading"));
    this.list.results.replaceChildren(this.message(name));
  }

  // htmx:beforeSwap: remember what the coming list is for.
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
