import { posix } from 'node:path'

/** Where a file of the repository stands on the site; undefined if it does not. */
export function pageOf(path: string): string | undefined {
  const [, chapter] = /^course\/0(\d)-.*\.md$/.exec(path) ?? []
  if (chapter !== undefined) return `/course/${chapter}`
  const fixed: Readonly<Record<string, string>> = {
    'course/README.md': '/papers/course',
    'playground/README.md': '/papers/playground',
  }
  if (fixed[path] !== undefined) return fixed[path]
  if (/^docs\/.*\.md$/.test(path)) return path.replace('docs/', '/guide/').replace(/\.md$/, '')
  if (/^[A-Z.ko]+\.md$/.test(path)) return `/papers/${path.replace(/\.md$/, '')}`
  if (/^examples\/[^/]+\.\w+$/.test(path)) return `/examples/${posix.basename(path).replaceAll('.', '-')}`
  return undefined
}

/**
 * Leads the links of a page of the repository to pages of the site. What has no page there keeps its text
 * only.
 */
export function withLinks(text: string, path: string): string {
  return text.replaceAll(
    /(!?)\[([^\]]+)\]\(([^)\s]+)\)/g,
    (whole, mark: string, title: string, target: string) => {
      if (mark === '!' || /^(?:https?:|#)/.test(target)) return mark === '!' ? '' : whole
      const [file = '', hash] = target.split('#')
      const page = pageOf(posix.join(posix.dirname(path), file))
      return page === undefined ? title : `[${title}](${page}${hash === undefined ? '' : `#${hash}`})`
    },
  )
}
