// Lists: each cell carries the word of its column, so that a row can be shown as a card on phones.
const nameCells = () => {
  const list = document.getElementById("result_list");
  if (!list) return;
  const words = [...list.querySelectorAll("thead th")].map((head) => head.querySelector(".text")?.textContent.trim() ?? "");
  list.querySelectorAll("tr.data-row").forEach((row) => {
    [...row.children].forEach((cell, index) => {
      if (cell.tagName === "TD" && words[index]) cell.dataset.l = words[index];
    });
  });
};
document.addEventListener("DOMContentLoaded", nameCells);
document.addEventListener("leads:shown", nameCells);
