import { goText } from '../../api/patch/json.js'
import { KubectlError } from '../errors.js'
import type { Step } from '../../api/jsonpath/nodes.js'
import { evaluatePath, parseJsonPath } from './jsonpath.js'
import { TABLE, TabWriter } from './tabwriter.js'

/** `-o custom-columns=NAME:.metadata.name,...` for one object or a List. */
export function customColumns(value: object, spec: string, noHeaders: boolean = false): string {
  if (spec === '') throw new KubectlError('custom-columns format specified but no custom columns given')
  const columns = spec.split(',').map((part) => {
    const colon = part.indexOf(':')
    if (colon < 0)
      throw new KubectlError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    return { header: part.slice(0, colon), steps: stepsOf(part.slice(colon + 1)) }
  })
  const items = 'items' in value && Array.isArray(value.items) ? (value.items as readonly unknown[]) : [value]
  const rows = items.map((item) => columns.map(({ steps }) => cellOf(steps, item)).join('\t'))
  const lines = noHeaders ? rows : [columns.map(({ header }) => header).join('\t'), ...rows]
  if (lines.length === 0) return ''
  return new TabWriter(TABLE).format(`${lines.join('\n')}\n`)
}

function cellOf(steps: readonly Step[], item: unknown): string {
  const values = evaluatePath(steps, item)
  return values.length === 0 ? '<none>' : values.map(goText).join(',')
}

const RELAXED = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/

/** A path as users write it: `.a.b`, `a.b`, `{.a.b}`. Source: kubectl get.RelaxedJSONPathExpression. */
export function stepsOf(text: string): readonly Step[] {
  const match = RELAXED.exec(text)
  if (match === null)
    throw new KubectlError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or ` +
        `'{.name1.name2}'`,
    )
  const [node] = parseJsonPath(`{.${match[1] ?? match[2] ?? ''}}`).nodes
  return node?.kind === 'path' ? node.steps : []
}
