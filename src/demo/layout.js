// How the page is laid out: on a phone the controls come before the chats, and those that are not needed at once are folded.

const find = (id) => document.getElementById(id);
/** As in page.css. */
const phone = window.matchMedia("(max-width: 760px)");

/** Moves the controls in the document, not only on the screen, so that the keyboard and readers meet the same order. */
function arrange() {
  const [chats, controls, focused] = [find("chats"), find("controls"), document.activeElement];
  if (phone.matches) chats.before(controls);
  else chats.after(controls);
  for (const fold of document.querySelectorAll(".fold")) fold.open = !phone.matches;
  if (controls.contains(focused)) focused.focus({ preventScroll: true });
}

arrange();
phone.addEventListener("change", arrange);

find("phone").addEventListener("click", () => {
  const isNarrow = find("chats").classList.toggle("phone");
  find("phone").setAttribute("aria-pressed", String(isNarrow));
});
