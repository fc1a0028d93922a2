import type { VolumeFiles } from '../../kubelet/index.js'
import { textOfContent } from '../../lang/bytes/content.js'
import { byKey } from '../../lang/text/order.js'

/** What the kubelet serves below /logs/: the machine's /var/log. */
const ROOT = 'var/log'
/** Directories that every machine has there. */
const USUAL = ['containers', 'pods']

const HTML = 'text/html; charset=utf-8'
const TEXT = 'text/plain; charset=utf-8'

/**
 * Returns a file below /var/log of a machine, or the list of a directory; undefined if there is neither.
 * Source: Go's net/http FileServer.
 */
export function systemLog(
  disk: VolumeFiles,
  path: string,
): { readonly body: string; readonly type: string } | undefined {
  const inner = path.split('/').filter((part) => part !== '' && part !== '.')
  if (inner.includes('..')) return undefined
  const key = [ROOT, ...inner].join('/')
  const entry = disk.get(key)
  if (entry?.kind === 'file') {
    const { content = '' } = entry
    return { body: textOfContent(typeof content === 'function' ? content() : content), type: TEXT }
  }
  const names = new Map<string, boolean>(inner.length === 0 ? USUAL.map((name) => [name, true]) : [])
  for (const [known, { kind }] of disk) {
    if (!known.startsWith(`${key}/`) || kind === 'gone') continue
    const [name = '', ...more] = known.slice(key.length + 1).split('/')
    names.set(name, names.get(name) === true || more.length > 0 || kind === 'directory')
  }
  const isUsual = inner.length === 1 && USUAL.includes(inner[0] as string)
  if (names.size === 0 && entry?.kind !== 'directory' && !isUsual) return undefined
  const lines = [...names.entries()]
    .sort(byKey)
    .map(([name, isDirectory]) => linkTo(isDirectory ? `${name}/` : name))
  const head = '<!doctype html>\n<meta name="viewport" content="width=device-width">\n'
  return { body: `${head}<pre>\n${lines.join('')}</pre>\n`, type: HTML }
}

const linkTo = (name: string): string => `<a href="${encodeURI(name)}">${escaped(name)}</a>\n`

const escaped = (name: string): string =>
  name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
