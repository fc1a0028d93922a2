import type { SimCluster } from '../../src/index.js'
import { begin } from './begin.js'
import { readCourse } from '../../src/cli/course/read.js'
import type { Chapter, CourseVersion } from '../../src/course/chapter.js'

/** The two forms in which every row of the course runs: as it was written, and as it is done today. */
export const FORMS = [
  {
    form: 'as written, v1.14',
    version: 'v1.14',
    emptyDirFlag: '--delete-local-data',
    kubelet: 'v1.13.7-gke.8',
  },
  { form: 'today, v1.35', version: 'v1.35', emptyDirFlag: '--delete-emptydir-data', kubelet: 'v1.35.2' },
] as const

export type Form = (typeof FORMS)[number]

const POOL = 'gke-standard-cluster-1-default-pool-bdf36b75'
export const NODES: readonly string[] = ['dlzj', 'rct0', 'x5j5'].map((suffix) => `${POOL}-${suffix}`)

/** A chapter of the course at a version. */
export function chapterOf(version: CourseVersion, number: number): Chapter {
  const chapter = readCourse(version).find((each) => each.number === number)
  if (chapter === undefined) throw new Error(`the course has no chapter ${number}`)
  return chapter
}

/** The text of a file that a chapter shows. */
export function manifest({ version }: Form, number: number, name: string): string {
  for (const { steps } of chapterOf(version, number).sections)
    for (const step of steps) if (step.kind === 'file' && step.path === name) return step.text
  throw new Error(`chapter ${number} has no file ${name}`)
}

/** The course's three nodes with its workloads, thirty hours old; each call gives a fork of its own. */
export function courseCluster({ version }: Form): SimCluster {
  return begin(chapterOf(version, 1))
}

/** The node on which a pod of namespace `default` runs. */
export function nodeOf(cluster: SimCluster, pod: string): string {
  return cluster.get('pods', { namespace: 'default', name: pod }).spec.nodeName as string
}

/** Names of the pods of a node, DaemonSet pods left out. */
export function movablePodsOn(cluster: SimCluster, node: string): readonly string[] {
  const { items } = cluster.list('pods', { fieldSelector: `spec.nodeName=${node}` })
  return items
    .filter((pod) => pod.metadata.ownerReferences?.[0]?.kind !== 'DaemonSet')
    .map((pod) => pod.metadata.name as string)
}

/** Names of the DaemonSet pods of a node, with or without their namespace, in kubectl's order. */
export function daemonPodsOn(
  cluster: SimCluster,
  node: string,
  { withNamespace }: { withNamespace: boolean },
): readonly string[] {
  const { items } = cluster.list('pods', { fieldSelector: `spec.nodeName=${node}` })
  return items
    .filter((pod) => pod.metadata.ownerReferences?.[0]?.kind === 'DaemonSet')
    .map(({ metadata: { namespace, name } }) =>
      withNamespace ? `${namespace as string}/${name as string}` : (name as string),
    )
}

/** The columns of a printed table, as lists of cells. */
export function cells(table: string): readonly (readonly string[])[] {
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/))
}
