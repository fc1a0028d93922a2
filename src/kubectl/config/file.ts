import type { CommandLine } from '../call/call.js'
import type { KubeconfigContent, Named } from '../call/kubeconfig-content.js'
import type { JsonMap } from '../../lang/json/maps.js'
import { printYaml } from '../../lang/yaml/print.js'
import { byName } from '../../lang/text/order.js'

/** The lists of a kubeconfig and the field that holds the value of an entry. */
export const LISTS = { clusters: 'cluster', contexts: 'context', users: 'user' } as const

/** Name of a list in a kubeconfig. */
export type ListName = keyof typeof LISTS

const EMPTY: KubeconfigContent = {
  currentContext: '',
  clusters: [],
  contexts: [],
  users: [],
  preferences: {},
}

/** Returns the first file that has the entry, or else the first file. Source: clientcmd.ModifyConfig. */
export function fileOf({ kubeconfig }: CommandLine, has: (content: KubeconfigContent) => boolean): string {
  return kubeconfig.paths.find((path) => has(kubeconfig.read(path) ?? EMPTY)) ?? kubeconfig.path
}

/** Changes the content of one file and writes it. */
export function changeFile(
  call: CommandLine,
  path: string,
  change: (content: KubeconfigContent) => KubeconfigContent,
): void {
  call.files.write(path, fileText(change(call.kubeconfig.read(path) ?? EMPTY)))
}

/**
 * Sets an entry of a list, or removes it if `change` returns undefined, and writes the file that has it.
 * Returns whether it existed.
 */
export function changeEntry(
  call: CommandLine,
  list: ListName,
  name: string,
  change: (value: JsonMap | undefined) => JsonMap | undefined,
): boolean {
  const has = (content: KubeconfigContent): boolean => content[list].some((one) => one.name === name)
  const path = fileOf(call, has)
  let isThere = false
  changeFile(call, path, (content) => {
    isThere = has(content)
    const value = change(content[list].find((one) => one.name === name)?.value)
    const others = content[list].filter((one) => one.name !== name)
    return { ...content, [list]: value === undefined ? others : [...others, { name, value }] }
  })
  return isThere
}

/** Formats a kubeconfig as client-go does: lists ordered by name, keys sorted. */
export function fileText({ currentContext, preferences, ...lists }: KubeconfigContent): string {
  const listed = (list: ListName): readonly object[] | null =>
    lists[list].length === 0
      ? null
      : lists[list]
          .toSorted(byName)
          .map(({ name, value }: Named<JsonMap>) => ({ name, [LISTS[list]]: { ...ALWAYS[list], ...value } }))
  return printYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: listed('clusters'),
    contexts: listed('contexts'),
    users: listed('users'),
    'current-context': currentContext,
    ...(Object.keys(preferences).length === 0 ? {} : { preferences }),
  })
}

/** Fields that are written even if they are empty. */
const ALWAYS: Readonly<Record<ListName, JsonMap>> = {
  clusters: { server: '' },
  contexts: { cluster: '', user: '' },
  users: {},
}

/** Sets some fields and removes those that are '' or undefined. */
export function withFields(value: JsonMap | undefined, changes: Readonly<Record<string, unknown>>): JsonMap {
  const merged = new Map<string, unknown>(Object.entries(value ?? {}))
  for (const [name, change] of Object.entries(changes)) {
    if (change === undefined || change === '') merged.delete(name)
    else merged.set(name, change)
  }
  return Object.fromEntries(merged)
}
