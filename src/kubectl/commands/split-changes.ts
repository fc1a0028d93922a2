import { KubectlError } from '../call/errors.js'

/** Arguments split into resources and changes. */
export interface ResourcesAndChanges {
  readonly resources: readonly string[]
  readonly changes: readonly string[]
}

/**
 * Splits arguments into resources and the changes that follow them. Throws KubectlError if a resource comes
 * after a change.
 */
export function splitChanges(
  args: readonly string[],
  what: string,
  isChange: (arg: string) => boolean,
): ResourcesAndChanges {
  const first = args.findIndex(isChange)
  const resources = first < 0 ? args : args.slice(0, first)
  const changes = first < 0 ? [] : args.slice(first)
  const late = changes.find((arg) => !isChange(arg))
  if (late !== undefined)
    throw new KubectlError(`all resources must be specified before ${what} changes: ${late}`)
  return { resources, changes }
}

/** Whether the argument is `key=value` or `key-`. */
export function isPair(arg: string): boolean {
  return (arg.includes('=') && !arg.startsWith('=')) || (arg.endsWith('-') && arg !== '-')
}
