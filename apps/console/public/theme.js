// Applies the chosen theme before the first paint, so that a dark room stays dark while the console loads.
// A file of its own and not inline: the content security policy allows no inline script.
try {
  const theme = localStorage.getItem('holdfast.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to us (private window): the system's theme is right.
}
