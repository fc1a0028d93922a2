import { branchKey, runsOf } from './branches.js'
import { childIn, isFunction, statementsOf, walk, changed, type Change } from './syntax.js'

/**
 * Whether a first use calls a function of a file, or goes into a branch; they are known by where they start
 * in its text without types (`branchKey`).
 */
export type IsCalled = (start: number) => boolean

/**
 * The text of a file whose functions and branches do something first when they are run: `noteOf` says what,
 * as an expression.
 */
export function withNotes(code: string, noteOf: (start: number) => string): string {
  const changes: Change[] = []
  for (const statement of statementsOf(code)) {
    walk(statement, (node, ancestors) => {
      for (const run of runsOf(node, ancestors.at(-1))) {
        const { start, end } = run.block
        changes.push({ start, end: start, by: `${run.isSingle ? '{' : ''}${noteOf(branchKey(run))};` })
        if (run.isSingle) changes.push({ start: end, end, by: '}' })
      }
      const body = isFunction(node) ? childIn(node, 'body') : undefined
      if (!body) return undefined
      const note = noteOf(node.start)
      const isBlock = body.type === 'BlockStatement'
      changes.push({
        start: isBlock ? body.start + 1 : body.start,
        end: isBlock ? body.start + 1 : body.start,
        by: isBlock ? `${note};` : `(${note}, `,
      })
      if (!isBlock) changes.push({ start: body.end, end: body.end, by: ')' })
      return undefined
    })
  }
  return changed(code, changes)
}
