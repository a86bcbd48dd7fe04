import { useId, useLayoutEffect, useState } from "react";

type Selection = readonly [number, number];

/**
 * Keeps what was typed, ticked or chosen before the page's script was in: React shows it, knows nothing of it, and would write the
 * old value over it the next time it draws. To be given as `ref`; it then says it once, as a person does. A textarea takes
 * `useEarlyText` instead.
 */
export function adoptEarlyInput(node: HTMLInputElement | HTMLSelectElement | null): void {
  if (node instanceof HTMLSelectElement) adoptChoice(node);
  else if (node?.type === "checkbox" || node?.type === "radio") adoptTick(node);
  else if (node !== null && isTyped(node)) say(node, node.value, selectionOf(node));
}

/**
 * As `adoptEarlyInput`, for a textarea, of which React writes over both the text and the caret as soon as its script is in: they are
 * read before. Gives the id that the textarea has to have.
 */
export function useEarlyText(wishedId: string | undefined): string {
  const ownId = useId();
  const id = wishedId ?? ownId;
  // Drawn by the script alone there is none yet.
  const [early] = useState(() => readText(id));
  useLayoutEffect(() => {
    const node = document.getElementById(id);
    if (!(node instanceof HTMLTextAreaElement) || early === null) return;
    // What differs from React's own was typed after React wrote it.
    if (isTyped(node)) say(node, node.value, selectionOf(node));
    else if (node.value !== early.value) say(node, early.value, early.selection);
    else if (early.selection !== null) node.setSelectionRange(...early.selection);
  }, [id, early]);
  return id;
}

function readText(id: string): { value: string; selection: Selection | null } | null {
  // On the server nothing was typed, and there is no class to compare with.
  if (typeof document === "undefined") return null;
  const node = document.getElementById(id);
  return node instanceof HTMLTextAreaElement ? { value: node.value, selection: selectionOf(node) } : null;
}

/** Whether it holds another text than it was drawn with. Browsers write that in their own way: dates without seconds, lines without \r. */
function isTyped(node: HTMLInputElement | HTMLTextAreaElement): boolean {
  if (node.value === node.defaultValue) return false;
  const drawn = node instanceof HTMLTextAreaElement ? document.createElement("textarea") : document.createElement("input");
  if (drawn instanceof HTMLInputElement) drawn.type = node.type;
  drawn.defaultValue = node.defaultValue;
  return node.value !== drawn.value;
}

/** Null where nobody is typing, and in a kind of field, such as e-mail, that tells none. */
function selectionOf(node: HTMLInputElement | HTMLTextAreaElement): Selection | null {
  const { selectionStart, selectionEnd } = node;
  return document.activeElement !== node || selectionStart === null || selectionEnd === null ? null : [selectionStart, selectionEnd];
}

function say(node: HTMLInputElement | HTMLTextAreaElement, text: string, selection: Selection | null): void {
  afterDrawing(() => {
    // React compares with what was last set through the node itself.
    node.value = node.defaultValue;
    Reflect.set(node instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype, "value", text, node);
    node.dispatchEvent(new Event("input", { bubbles: true }));
    if (selection !== null) node.setSelectionRange(...selection);
  });
}

/** Of a group of radios, the one that was chosen says so for all. */
function adoptTick(node: HTMLInputElement): void {
  const { checked, defaultChecked } = node;
  if (checked === defaultChecked || (node.type === "radio" && !checked)) return;
  afterDrawing(() => {
    node.checked = defaultChecked;
    node.click();
  });
}

function adoptChoice(node: HTMLSelectElement): void {
  const { value } = node;
  // Only what came with the page's text carries a mark; what the script draws does not.
  const drawn = [...node.options].find(({ defaultSelected }) => defaultSelected);
  if (drawn === undefined || drawn.value === value) return;
  afterDrawing(() => {
    node.value = value;
    node.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** Not while React is at work: it takes the event once everything is in place. */
function afterDrawing(tell: () => void): void {
  queueMicrotask(tell);
}
