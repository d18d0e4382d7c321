/* Keys of the compare page: n/j and p/k walk from change to change, [ and ] from version to version, ? shows them.
   Nothing here is needed to read: every one of them is a link or a place on the page. */
(() => {
  "use strict";
  const dialog = document.querySelector("dialog.keys");
  if (!dialog) return;
  const said = document.querySelector("[data-said]");
  const toggle = document.querySelector("[data-keys-on]");
  const button = document.querySelector("[data-keys]");
  const KEPT = "corrigenda.keys";

  /* WCAG 2.1.4: who speaks to a browser, or types by accident, can switch single keys off. */
  const kept = () => { try { return localStorage.getItem(KEPT); } catch { return null; } };
  const keep = (word) => { try { localStorage.setItem(KEPT, word); } catch { /* private window: this page only */ } };
  toggle.checked = kept() !== "off";
  toggle.addEventListener("change", () => keep(toggle.checked ? "on" : "off"));
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());

  /* One place for what was removed and added together; a paragraph that came, went or moved is one as well. */
  const inBlock = (block) => {
    if (!block.classList.contains("changed")) return [block];
    const columns = block.classList.contains("row");
    const marks = [...block.querySelectorAll(columns ? ".new ins" : "ins, del")];
    const firsts = marks.filter((mark) => !follows(mark));
    return firsts.length ? firsts : [block.querySelector("del") || block];
  };
  const follows = (mark) => {
    const before = mark.previousSibling;
    return before !== null && (before.nodeName === "DEL" || before.nodeName === "INS");
  };
  const places = [...document.querySelectorAll(".text .block:not(.same)")].flatMap(inBlock);
  let at = -1;

  const say = (words) => { said.textContent = ""; requestAnimationFrame(() => { said.textContent = words; }); };
  const short = (text) => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
  const textOf = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll(".tip").forEach((tip) => tip.remove());
    return copy.textContent;
  };
  const tidy = (text) => short(text.trim().replace(/\s+/g, " "));
  const told = (place) => {
    if (place.nodeName !== "DEL" && place.nodeName !== "INS") return tidy(textOf(place));
    const words = { DEL: "", INS: "" };
    for (let mark = place; mark && mark.nodeName in words; mark = mark.nextSibling) words[mark.nodeName] += textOf(mark);
    const named = { DEL: "removed", INS: "added" };
    return Object.keys(words).filter((kind) => words[kind]).map((kind) => `${named[kind]} “${tidy(words[kind])}”`).join(", ");
  };

  const walk = (step) => {
    if (!places.length) return say("There is no change in the text.");
    /* Start from where the reader is: the first change below (or the last above) the middle of the window. */
    if (at < 0) {
      const middle = innerHeight / 2;
      const below = places.findIndex((place) => place.getBoundingClientRect().top > middle);
      at = step > 0 ? (below < 0 ? places.length : below) - 1 : below < 0 ? places.length : below;
    }
    const next = at + step;
    if (next < 0 || next >= places.length) return say(step > 0 ? "This was the last change." : "This was the first change.");
    document.querySelector(".here")?.classList.remove("here");
    at = next;
    const place = places[at];
    place.classList.add("here");
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
    say(`Change ${at + 1} of ${places.length}: ${told(place)}`);
  };

  const follow = (rel) => {
    const link = document.querySelector(`a[rel="${rel}"]`);
    if (link) link.click();
    else say(rel === "prev" ? "There is no earlier version." : "There is no later version.");
  };

  const keys = {
    n: () => walk(1), j: () => walk(1), p: () => walk(-1), k: () => walk(-1),
    "[": () => follow("prev"), "]": () => follow("next"), "?": () => dialog.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !dialog.open) {
      document.activeElement?.closest(".fact")?.blur();
      document.documentElement.classList.add("hushed");
      return;
    }
    const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
    /* AltGr, which types [ and ] on many keyboards, says Ctrl+Alt. */
    const modified = !event.getModifierState("AltGraph") && (event.ctrlKey || event.altKey || event.metaKey);
    if (event.defaultPrevented || event.isComposing || modified || typing || dialog.open) return;
    const act = keys[event.key];
    if (!act || !toggle.checked) return;
    event.preventDefault();
    act();
  });
  /* Escape puts a reading away, until the pointer or the focus comes to another one (WCAG 1.4.13). */
  document.addEventListener("focusin", () => document.documentElement.classList.remove("hushed"));
  document.addEventListener("pointerover", (event) => {
    if (!event.target.closest?.(".fact")) document.documentElement.classList.remove("hushed");
  });
})();
