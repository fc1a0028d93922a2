import ts from 'typescript'
import type { Found } from './bounds.js'

/** Most columns of a line. The formatter breaks code there, but neither comments nor strings. */
const COLUMNS = 110
/** A word of a string that is as long cannot be broken so that its line has an end. */
const UNBREAKABLE = 90

/**
 * The lines of a file that are too long, with their lengths. Not those of a regular expression, of a template
 * over several lines, whose text is verbatim, and of a string that has no space to break it at.
 */
export function longLines(path: string, text: string): readonly Found[] {
  const lines = text.split('\n')
  if (lines.every((line) => line.length <= COLUMNS)) return []
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  const lineOf = (position: number): number => file.getLineAndCharacterOfPosition(position).line
  const excused = new Set<number>()
  const visit = (node: ts.Node): void => {
    const [first, last] = [lineOf(node.getStart(file)), lineOf(node.getEnd())]
    const isTemplate = ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)
    const isVerbatim = ts.isRegularExpressionLiteral(node) || (isTemplate && first < last)
    const isWord = ts.isStringLiteralLike(node) && !node.text.includes(' ') && node.text.length >= UNBREAKABLE
    if (isVerbatim || isWord) for (let line = first; line <= last; line += 1) excused.add(line)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return lines.flatMap((line, at) =>
    line.length > COLUMNS && !excused.has(at) ? [{ line: at + 1, text: String(line.length) }] : [],
  )
}
