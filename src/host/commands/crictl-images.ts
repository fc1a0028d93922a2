import { fullImageName } from '../../api/core/pods/image-name.js'
import { imageDigest } from '../../kubelet/runtime/image-digest.js'
import { imageSize } from '../../kubelet/runtime/image-pulls.js'
import { stableHex } from '../../kubelet/stable-hex.js'
import { byText } from '../../lang/text/order.js'
import { waitUntil } from '../wait-until.js'
import { containersOf, type HostContainer } from '../machine/containers.js'
import type { HostMachine } from '../machine/host-machine.js'
import { table } from '../machine/texts.js'
import type { CommandOutput, Options } from './command.js'
import { failed, joined } from './command.js'
import { shaped } from './crictl-format.js'

/** An image on the machine: its full name, and bytes. */
export interface HostImage {
  readonly name: string
  readonly size: number
}

/** The images on the machine: those of its runtime, and those of the control plane's programs. */
export function imagesOf(machine: HostMachine, all: readonly HostContainer[]): readonly HostImage[] {
  const found = new Map<string, number>()
  for (const { name, size, state } of machine.node?.machine.images() ?? [])
    if (state === 'present') found.set(name, size)
  for (const { image } of all) {
    const name = fullImageName(image)
    if (!found.has(name)) found.set(name, imageSize(name))
  }
  return [...found].map(([name, size]) => ({ name, size })).toSorted((a, b) => byText(a.name, b.name))
}

/** As go-units prints a size with three digits: `27.1MB`. */
export function decimalSize(bytes: number): string {
  let [rest, power] = [bytes, 0]
  while (rest >= 1000) [rest, power] = [rest / 1000, power + 1]
  return `${Number(rest.toPrecision(3))}${['B', 'kB', 'MB', 'GB'][power] ?? ''}`
}

/** An image as `crictl images -o json` lists it. */
export function listedImage({ name, size }: HostImage, user = ''): object {
  const [uid = ''] = user.split(':')
  return {
    id: `sha256:${stableHex(name, 64)}`,
    repoDigests: [imageDigest(name)],
    repoTags: [name],
    size: String(size),
    uid: /^\d+$/.test(uid) ? { value: uid } : null,
    username: /^\d*$/.test(uid) ? '' : uid,
  }
}

/** `crictl images [REPOSITORY]` */
export function imageTable(
  machine: HostMachine,
  all: readonly HostContainer[],
  options: Options,
): CommandOutput {
  const [wanted] = options.words
  const shown = imagesOf(machine, all).filter(
    ({ name }) => wanted === undefined || name === fullImageName(wanted) || name.startsWith(`${wanted}:`),
  )
  if (options.has('q', 'quiet'))
    return { stdout: shown.map(({ name }) => `sha256:${stableHex(name, 64)}\n`).join('') }
  const format = options.get('o', 'output') ?? 'table'
  if (format !== 'table')
    return shaped(
      { images: shown.map((image) => listedImage(image, machine.node?.machine.imageFacts(image.name).user)) },
      options,
    )
  const digest = options.has('digests') ? ['DIGEST'] : []
  const rows = shown.map(({ name, size }) => [
    name.replace(/:[^:/]+$/, ''),
    /:([^:/]+)$/.exec(name)?.[1] ?? '<none>',
    ...(options.has('digests')
      ? [
          imageDigest(name)
            .replace(/^.*@sha256:/, '')
            .slice(0, 13),
        ]
      : []),
    options.has('no-trunc') ? `sha256:${stableHex(name, 64)}` : shortImage(name),
    decimalSize(size),
  ])
  return { stdout: table([['IMAGE', 'TAG', ...digest, 'IMAGE ID', 'SIZE'], ...rows], { gap: 5 }) }
}

/** The image id that tables show. */
export const shortImage = (image: string): string => stableHex(fullImageName(image), 64).slice(0, 13)

/** `crictl pull IMAGE`: waits until it is there, as the kubelet's pulls take. */
export function pull(machine: HostMachine, image: string): CommandOutput {
  if (image === '') return failed('image cannot be empty')
  const runtime = machine.node?.machine
  const name = fullImageName(image)
  if (runtime === undefined)
    return failed('FATA[0000] pulling image: this machine pulls no images before it is a node')
  runtime.pullImage(image, PULLER, false)
  waitUntil(machine.cluster, () => runtime.image(name)?.state !== 'pulling', LONGEST_PULL)
  const { state, error = '' } = runtime.image(name) ?? {}
  if (state !== 'present')
    return failed(
      'E0000 00:00:00.000000       1 log.go:32] "PullImage from image service failed" err="rpc error: ' +
        `code = NotFound desc = ${error}" image="${image}"\n` +
        `FATA[0000] pulling image: rpc error: code = NotFound desc = ${error}`,
    )
  return { stdout: `Image is up to date for sha256:${stableHex(name, 64)}\n` }
}

/** In ms. */
const LONGEST_PULL = 600_000

/** Whom the runtime tells of a pull that no pod waits for. */
const PULLER = ''

/** `crictl rmi IMAGE...` and `--prune`, which removes what no container uses. */
export function removeImages(machine: HostMachine, options: Options): CommandOutput {
  const all = containersOf(machine)
  const present = imagesOf(machine, all)
  const used = new Set(all.map(({ image }) => fullImageName(image)))
  const isUnused = ({ name }: HostImage): boolean => !used.has(name)
  if (options.has('a', 'all')) return joined(present.map((image) => removed(machine, image.name)))
  if (options.has('prune', 'q'))
    return joined(present.filter(isUnused).map((image) => removed(machine, image.name)))
  if (options.words.length === 0) return failed('NAME:\n   crictl rmi - Remove one or more images\n')
  return joined(
    options.words.map((word) => {
      const image = imageNamed(present, word)
      if (image === undefined) return failed(`no such image ${word}`)
      return removed(machine, image.name)
    }),
  )
}

/** The image that a name, or the beginning of an id, means. */
export const imageNamed = (images: readonly HostImage[], word: string): HostImage | undefined =>
  images.find(
    ({ name }) =>
      name === fullImageName(word) ||
      (word.length > 3 && stableHex(name, 64).startsWith(word.replace(/^sha256:/, ''))),
  )

function removed(machine: HostMachine, name: string): CommandOutput {
  machine.node?.machine.removeImage(name)
  return { stdout: `Deleted: ${name}\n` }
}
