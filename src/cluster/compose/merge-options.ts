import type { ClusterOptions } from './options.js'

/** Options whose members are options of their own: those that are not given stay as they were. */
const GROUPS = [
  'addons',
  'network',
  'access',
  'admission',
  'containers',
  'storage',
  'kubeadm',
  'time',
  'limits',
  'extensions',
] as const satisfies readonly (keyof ClusterOptions)[]

/** Returns options with others over them, which replace single members of a group. */
export function mergeOptions(base: ClusterOptions, over: ClusterOptions): ClusterOptions {
  const merged: { -readonly [K in keyof ClusterOptions]: ClusterOptions[K] } = { ...base, ...over }
  for (const group of GROUPS) mergeGroup(merged, base, over, group)
  return merged
}

function mergeGroup<G extends (typeof GROUPS)[number]>(
  merged: { -readonly [K in keyof ClusterOptions]: ClusterOptions[K] },
  base: ClusterOptions,
  over: ClusterOptions,
  group: G,
): void {
  const [below, above] = [base[group], over[group]]
  if (below !== undefined && above !== undefined) merged[group] = { ...below, ...above }
  else if (below !== undefined) merged[group] = below
}
