import type { Translation } from "../catalogue";
import type { gallery as english } from "../en/gallery";

export const gallery: Translation<typeof english> = {
  "gallery.title": "Bausteine",
  "gallery.lead": "Alle Bausteine der Konsole mit harmlosen Beispielen, in den oben gewählten Farben.",
  "gallery.buttons": "Knöpfe",
  "gallery.forms": "Formulare",
  "gallery.badges": "Marken und Hinweise",
  "gallery.dialogs": "Dialoge und Meldungen",
  "gallery.tables": "Tabellen und Reiter",
  "gallery.charts": "Diagramme und Fortschritt",
  "gallery.changes": "Änderungen, Zeiten, Werte",
  "gallery.plain": "Einfach",
  "gallery.primary": "Wichtig",
  "gallery.danger": "Zurückziehen",
  "gallery.quiet": "Leise",
  "gallery.busy": "Beschäftigt",
  "gallery.off": "Nicht drückbar",
  "gallery.sample": "Beispiel {n}",
  "gallery.sample.text": "Ein Satz von der Länge, die solche Texte haben, damit man sieht, wie er umbricht.",
  "gallery.hint": "Ein Hinweis sagt, was hierher gehört.",
  "gallery.error": "Ein Fehler sagt, was zu tun ist.",
  "gallery.time": "Zeit",
  "gallery.count": "Treffer je Stunde",
};
