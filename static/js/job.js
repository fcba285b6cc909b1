// The progress of long work: asked for once a second, and the page anew when it rests or has ended.
(() => {
  const job = document.querySelector("[data-job]");
  const bar = job.querySelector("progress");
  const said = job.querySelector("[data-said]");

  const look = async () => {
    try {
      const answer = await fetch(job.dataset.job, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const now = await answer.json();
      if (!now.open) {
        window.location.reload();
        return;
      }
      if (now.total) {
        bar.max = now.total;
        bar.value = now.done;
      }
      said.textContent = now.said;
      for (const [code, number] of Object.entries(now.counts ?? {})) {
        const shown = document.querySelector(`[data-count="${code}"]`);
        if (shown) shown.textContent = number.toLocaleString("en-US");
      }
    } catch {
      said.textContent = "No answer from the server just now; it is asked again. The work goes on meanwhile.";
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
})();
