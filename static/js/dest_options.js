// The list of the picker. Knows which option is selected (by its key, never by its position) and shows its read-back.
export class DestOptions {
  constructor(dialog) {
    this.dialog = dialog;
    this.input = dialog.querySelector("#dest-search");
    this.readback = dialog.querySelector("#dest-readback");
    this.fields = dialog.querySelector("form").elements;
    this.chosenKey = ""; // the option chosen by hand since the last change of the text; empty: the first row
    this.selected = null;
  }

  get results() { return this.dialog.querySelector("#dest-results"); }

  get usable() { return [...this.dialog.querySelectorAll("#dest-options [role=option]:not([aria-disabled=true])")]; }

  withKey(key) { return key ? this.usable.find((option) => option.dataset.key === key) : undefined; }

  onPosition(digit) { return this.usable.find((option) => option.dataset.position === digit); }

  choose(option) {
    if (!option || option.ariaDisabled === "true") return;
    this.chosenKey = option.dataset.key;
    this.select(option);
    option.scrollIntoView({ block: "nearest" });
  }

  move(step) {
    const options = this.usable;
    const at = options.indexOf(this.selected);
    this.choose(options[Math.max(0, Math.min(options.length - 1, at + step))]);
  }

  // After the list changed: keeps the choice if it is still in the list, else selects the first row.
  settle() {
    const kept = this.withKey(this.chosenKey);
    if (!kept) this.chosenKey = "";
    this.select(kept ?? this.usable[0] ?? null);
  }

  select(option) {
    this.selected?.setAttribute("aria-selected", "false");
    this.selected = option;
    option?.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-expanded", String(Boolean(option)));
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
    this.fields.destination_type.value = option?.dataset.type ?? "";
    this.fields.destination.value = option?.dataset.address ?? "";
    this.fields.directory_id.value = option?.dataset.directoryId ?? "";
    this.readBack(option?.querySelector("template"));
    this.dialog.dispatchEvent(new CustomEvent("dest-selected"));
  }

  readBack(template) {
    const content = template?.innerHTML ?? "";
    if (content === this.content) return; // the same content again: a screen reader must not repeat it
    this.content = content;
    this.readback.replaceChildren(...(template ? [template.content.cloneNode(true)] : []));
    window.htmx.process(this.readback);
  }
}
