import type { KubeObject } from '../../api/kind/definition.js'
import { compileSelectorText } from '../../api/selectors/label-parser.js'
import { ignoreNotFound } from '../../client/api-error.js'
import { applyManager } from '../apply/server-side.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError, SilentExit, errorText, isFailure, throwCollected, usageError } from '../call/errors.js'
import { patchTableOf, resourceNameOf } from '../args/kinds.js'
import { lastAppliedOf, withoutLastApplied } from '../apply/last-applied.js'
import { readManifests } from '../call/manifests.js'
import { withoutManagedFields } from '../print/object.js'
import { printYaml } from '../../lang/yaml/print.js'
import type { Info } from '../args/resource-args.js'
import { keyOf, typed } from '../args/resource-args.js'
import { randomDigits } from '../objects/random-suffix.js'
import { threeWayPatch } from '../apply/three-way.js'
import { byName } from '../../lang/text/order.js'

interface Difference {
  readonly name: string
  readonly live: string
  readonly merged: string
}

/**
 * `kubectl diff -f`: prints what an apply would change, as `diff -u -N` of two folders does; exit code 1 if
 * there are differences, 2 on errors. Source: kubectl pkg/cmd/diff.
 */
export const diff: KubectlCommand = {
  name: 'diff',
  run(call) {
    try {
      compare(call)
    } catch (error) {
      if (!isFailure(error) || error instanceof SilentExit) throw error
      call.out.error(errorText(error))
      throw new SilentExit(2)
    }
  },
}

function compare(call: CommandLine): void {
  const { flags, args, out } = call
  if (!flags.has('filename') && flags.string('kustomize') === '')
    throw new KubectlError('must specify one of -f and -k')
  if (args.length > 0) throw usageError('diff', `Unexpected args: [${args.join(' ')}]`)
  if (flags.bool('force-conflicts') && !flags.bool('server-side'))
    throw new KubectlError('--force-conflicts only works with --server-side')
  const { infos, errors: unreadable } = readManifests(call)
  const matches = compileSelectorText(flags.string('selector'))
  const errors: Error[] = [...unreadable]
  const differences: Difference[] = []
  for (const info of infos.filter(({ object }) => matches(object.metadata.labels))) {
    try {
      differences.push(differenceOf(call, info))
    } catch (error) {
      if (!isFailure(error)) throw error
      errors.push(error)
    }
  }
  throwCollected(errors)
  const changed = differences.filter(({ live, merged }) => live !== merged).sort(byName)
  const [from, to] = [
    `/tmp/LIVE-${randomDigits(call, 'live')}`,
    `/tmp/MERGED-${randomDigits(call, 'merged')}`,
  ]
  const now = new Date(call.env.clock.now()).toISOString()
  const time = `${now.replace('T', ' ').replace('Z', '')}000000 +0000`
  for (const { name, live, merged } of changed) {
    out.line(`diff -u -N ${from}/${name} ${to}/${name}`)
    out.write(`--- ${from}/${name}\t${time}\n+++ ${to}/${name}\t${time}\n${unifiedDiff(live, merged)}`)
  }
  if (changed.length > 0) throw new SilentExit(1)
}

function differenceOf(call: CommandLine, info: Info): Difference {
  const { definition, name, namespace = '' } = info
  const resource = resourceNameOf(definition)
  if (name === '') throw new KubectlError('resource name may not be empty')
  const found = ignoreNotFound(() => call.client.get(resource, keyOf(info)))
  const live = found === undefined ? undefined : typed(definition, found)
  const merged = mergedOf(call, info, live)
  const [shownLive, shownMerged] =
    definition.group === '' && definition.kind === 'Secret' ? masked(live, merged) : [live, merged]
  const text = (object: KubeObject | undefined): string =>
    object === undefined
      ? ''
      : printYaml(call.flags.bool('show-managed-fields') ? object : withoutManagedFields(object))
  const group = definition.group === '' ? '' : `${definition.group}.`
  return {
    name: `${group}${definition.version}.${definition.kind}.${namespace}.${name}`,
    live: text(shownLive),
    merged: text(shownMerged),
  }
}

/**
 * Returns the object as the server would store it. The last applied configuration is left unchanged, since it
 * would always differ.
 */
function mergedOf(call: CommandLine, info: Info, live: KubeObject | undefined): KubeObject {
  const { flags, client, env } = call
  if (flags.bool('server-side')) {
    const write = { dryRun: true, force: flags.bool('force-conflicts'), fieldManager: applyManager(call) }
    return typed(
      info.definition,
      client.patch(resourceNameOf(info.definition), keyOf(info), { type: 'apply', body: info.object }, write),
    )
  }
  const resource = resourceNameOf(info.definition)
  const write = { dryRun: true, fieldManager: flags.string('field-manager') }
  if (live === undefined) return typed(info.definition, client.create(resource, info.object, write))
  const message = patchTableOf(env.scheme, info.definition)
  const body = threeWayPatch(lastAppliedOf(live) ?? {}, withoutLastApplied(info.object), live, message)
  if (Object.keys(body).length === 0) return live
  return typed(
    info.definition,
    client.patch(resource, keyOf(info), { type: message === undefined ? 'merge' : 'strategic', body }, write),
  )
}

type WithData = KubeObject & { readonly data?: Readonly<Record<string, string>> }

/** Masks values of Secrets, so that only their difference shows. Source: kubectl pkg/cmd/diff Masker. */
function masked(
  live: KubeObject | undefined,
  merged: KubeObject,
): readonly [KubeObject | undefined, KubeObject] {
  const [before, after] = [(live as WithData | undefined)?.data ?? {}, (merged as WithData).data ?? {}]
  const mask = (
    object: WithData,
    data: Readonly<Record<string, string>>,
    other: Readonly<Record<string, string>>,
    word: string,
  ): KubeObject => {
    const entries = Object.entries(data).map(
      ([key, value]) =>
        [key, Object.hasOwn(other, key) && other[key] !== value ? `*** (${word})` : '***'] as const,
    )
    return object.data === undefined
      ? object
      : ({ ...object, data: Object.fromEntries(entries) } as KubeObject)
  }
  return [
    live === undefined ? undefined : mask(live, before, after, 'before'),
    mask(merged, after, before, 'after'),
  ]
}

const CONTEXT = 3

interface Edit {
  readonly kind: ' ' | '-' | '+'
  readonly line: string
}

/** Returns the part of `diff -u` below its two header lines; '' if the texts are equal. */
function unifiedDiff(from: string, to: string): string {
  const edits = editsBetween(linesOf(from), linesOf(to))
  return hunksOf(edits)
    .map((hunk) => hunkText(edits, hunk))
    .join('')
}

const linesOf = (text: string): readonly string[] =>
  text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')

/**
 * Returns a shortest edit script between two lists of lines, by the longest common subsequence between their
 * common prefix and suffix.
 */
function editsBetween(a: readonly string[], b: readonly string[]): readonly Edit[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++
  const same = (line: string): Edit => ({ kind: ' ', line })
  return [
    ...a.slice(0, start).map(same),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(same),
  ]
}

function middle(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] as number
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const edits: Edit[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push({ kind: ' ', line: a[i] as string })
      i++
      j++
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1)))
      edits.push({ kind: '-', line: a[i++] as string })
    else edits.push({ kind: '+', line: b[j++] as string })
  }
  return edits
}

interface Hunk {
  readonly from: number
  /** Line after its last edit. */
  readonly to: number
}

/** Groups edits with their context lines into hunks; adjacent edits share one. */
function hunksOf(edits: readonly Edit[]): readonly Hunk[] {
  const hunks: Hunk[] = []
  for (const [at, { kind }] of edits.entries()) {
    if (kind === ' ') continue
    const [from, to] = [Math.max(0, at - CONTEXT), Math.min(edits.length, at + 1 + CONTEXT)]
    const last = hunks.at(-1)
    if (last !== undefined && from <= last.to) hunks[hunks.length - 1] = { from: last.from, to }
    else hunks.push({ from, to })
  }
  return hunks
}

function hunkText(edits: readonly Edit[], { from, to }: Hunk): string {
  const count = (parts: readonly Edit[], other: '-' | '+'): number =>
    parts.filter(({ kind }) => kind !== other).length
  const [before, inside] = [edits.slice(0, from), edits.slice(from, to)]
  const range = (other: '-' | '+'): string => {
    const [start, length] = [count(before, other), count(inside, other)]
    return length === 1 ? String(start + 1) : `${length === 0 ? start : start + 1},${length}`
  }
  return `@@ -${range('+')} +${range('-')} @@\n${inside.map(({ kind, line }) => `${kind}${line}\n`).join('')}`
}
