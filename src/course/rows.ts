import type { Chapter } from './chapter.js'

/** Letter of each chapter's rows, and how many there are. */
const COUNTS = { N: 10, V: 5, B: 6, A: 16, R: 4, S: 3, P: 4, T: 5, W: 2 }

/** Ids of the rows of each chapter, in the course's order; the first list is chapter 1. */
export const ROWS: readonly (readonly string[])[] = Object.entries(COUNTS).map(([letter, count]) =>
  Array.from({ length: count }, (_, at) => `${letter}${at + 1}`),
)

/** @throws Error if the chapters are not 1 to 9, or a row is in no chapter, in two, or in a wrong one */
export function checkRows(chapters: readonly Chapter[]): void {
  const faults: string[] = []
  for (const [at, rows] of ROWS.entries()) {
    const chapter = chapters.find(({ number }) => number === at + 1)
    if (chapter === undefined) {
      faults.push(`course: there is no chapter ${at + 1}; write course/0${at + 1}-NAME.md`)
      continue
    }
    const shown = chapter.sections.flatMap((section) => section.rows)
    for (const row of rows)
      if (!shown.includes(row))
        faults.push(`${chapter.file}: row ${row} is in no section; write ## ${row} ...`)
    for (const [place, row] of shown.entries()) {
      if (!rows.includes(row)) faults.push(`${chapter.file}: there is no row ${row} in chapter ${at + 1}`)
      if (shown.indexOf(row) !== place) faults.push(`${chapter.file}: row ${row} is in two sections`)
    }
  }
  if (faults.length > 0) throw new Error(faults.join('\n'))
}
