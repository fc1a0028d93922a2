import { KubectlError } from '../errors.js'

/** `a=b,c=d` as labels, sorted. Throws KubectlError. Source: kubectl pkg/generate ParseLabels. */
export function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((part): readonly [string, string] => {
    const [key = '', value, ...more] = part.split('=')
    if (value === undefined || more.length > 0) throw new KubectlError(`unexpected label spec: ${part}`)
    if (key === '') throw new KubectlError('unexpected empty label key')
    return [key, value]
  })
  return Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
