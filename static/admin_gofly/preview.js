// The live preview of a site's form: the real chat page in a frame, redrawn from what stands in the fields.
// The page waits for a host that never greets it, so it opens no socket and makes no visitor.
const RELOADING = ["color", "scheme", "language"];
const PAUSE_MS = 250;

class Preview {
  #frame
  #address
  #timer = 0

  constructor(frame) {
    this.#frame = frame;
    this.#address = frame.getAttribute("src");
    frame.addEventListener("load", () => this.#write());
    for (const name of [...RELOADING, "title", "tagline", "welcome", "powered_by", "emoji"]) {
      field(name)?.addEventListener("input", () => this.#follow(name));
    }
    field("site_name")?.addEventListener("input", () => this.#write());
  }

  #follow(name) {
    if (!RELOADING.includes(name)) return this.#write();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(), PAUSE_MS);
  }

  // Colours and languages are the server's work, which also makes the text on a colour readable.
  #load() {
    const wishes = { color: valueOf("color"), theme: valueOf("scheme"), lang: fixed(valueOf("language")) };
    this.#frame.src = `${this.#address}?${new URLSearchParams(wishes)}`;
  }

  #write() {
    const page = this.#frame.contentDocument;
    if (page === null) return; // an error page, which no frame may show
    const { title, tagline, welcome } = this.#frame.dataset;
    const name = valueOf("title") || valueOf("site_name") || title;
    put(page, "h1", name);
    page.querySelector(".face").firstChild.textContent = name.slice(0, 1).toUpperCase();
    put(page, "#status", valueOf("tagline") || tagline);
    put(page, "#welcome p", valueOf("welcome") || welcome);
    show(page, "#smile", field("emoji")?.checked);
    show(page, ".foot span:last-child", field("powered_by")?.checked);
  }
}

function field(name) {
  return document.getElementById(name === "site_name" ? "id_name" : `id_widget-0-${name}`);
}

function valueOf(name) {
  return field(name)?.value.trim() ?? "";
}

function fixed(language) {
  return language === "auto" ? "" : language;
}

function put(page, selector, text) {
  const node = page.querySelector(selector);
  if (node !== null) node.textContent = text;
}

function show(page, selector, wanted) {
  const node = page.querySelector(selector);
  if (node !== null) node.hidden = wanted === false;
}

const frame = document.querySelector("iframe[data-preview]");
if (frame !== null) new Preview(frame);
