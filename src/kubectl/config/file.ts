import type { Call } from '../call.js'
import type { Fields, KubeconfigContent, Named } from '../kubeconfig.js'
import { printYaml } from '../print/yaml.js'

/** The lists of a kubeconfig, with the field in which each keeps its values. */
export const LISTS = { clusters: 'cluster', contexts: 'context', users: 'user' } as const

/** One of them. */
export type ListName = keyof typeof LISTS

const EMPTY: KubeconfigContent = {
  currentContext: '',
  clusters: [],
  contexts: [],
  users: [],
  preferences: {},
}

/** The file that has an entry already, else the first one. Source: clientcmd.ModifyConfig. */
export function fileOf({ kubeconfig }: Call, has: (content: KubeconfigContent) => boolean): string {
  return kubeconfig.paths.find((path) => has(kubeconfig.read(path) ?? EMPTY)) ?? kubeconfig.path
}

/** Changes what one file says and writes it again. */
export function changeFile(
  call: Call,
  path: string,
  change: (content: KubeconfigContent) => KubeconfigContent,
): void {
  call.files.write(path, fileText(change(call.kubeconfig.read(path) ?? EMPTY)))
}

/**
 * Sets one entry of a list, `undefined` takes it away; the file that has it is written. Answers whether it
 * was there.
 */
export function changeEntry(
  call: Call,
  list: ListName,
  name: string,
  change: (value: Fields | undefined) => Fields | undefined,
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

/** The text of a kubeconfig as client-go writes it: lists by name, keys sorted. */
export function fileText({ currentContext, preferences, ...lists }: KubeconfigContent): string {
  const listed = (list: ListName): readonly object[] | null =>
    lists[list].length === 0
      ? null
      : lists[list]
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ name, value }: Named<Fields>) => ({ name, [LISTS[list]]: { ...ALWAYS[list], ...value } }))
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

/** Fields that are written even when they are empty. */
const ALWAYS: Readonly<Record<ListName, Fields>> = {
  clusters: { server: '' },
  contexts: { cluster: '', user: '' },
  users: {},
}

/** Some fields set, those that are '' or undefined taken away. */
export function withFields(value: Fields | undefined, changes: Readonly<Record<string, unknown>>): Fields {
  const merged = new Map<string, unknown>(Object.entries(value ?? {}))
  for (const [name, change] of Object.entries(changes)) {
    if (change === undefined || change === '') merged.delete(name)
    else merged.set(name, change)
  }
  return Object.fromEntries(merged)
}
