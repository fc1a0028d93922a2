import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readCourse } from '../../src/cli/course/read.js'
import { chapterPage, pictureFile, playOnce } from '../../scripts/site/chapter-page.js'
import { pageOf, withLinks } from '../../scripts/site/links.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

test('a chapter becomes a page in each language, with what its commands print', async () => {
  const chapter = readCourse('v1.35').find(({ number }) => number === 6)
  if (chapter === undefined) throw new Error('there is no chapter 6')
  const played = await playOnce(chapter)
  for (const language of ['ko', 'en'] as const) {
    const page = chapterPage(chapter, played, language)
    expect(page).toContain(`# 6. ${chapter.title[language]}`)
    for (const { title } of chapter.sections) expect(page).toContain(`## ${title[language]}`)
    for (const text of played.printed.values()) expect(page).toContain(text.trimEnd())
    // the chapter and its lessons open in the playground
    for (const place of ['chapter/6', ...chapter.lessons.map((id) => `lesson/${id}`)])
      expect(page).toContain(`playground/index.html?lang=${language}#${place})`)
    // each command runs on the page, and the cluster is drawn where it has changed
    const commands = chapter.sections.flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'command'))
    expect(page.match(/<LiveStep :section="\d+" :step="\d+" line="/g)).toHaveLength(commands.length)
    expect(played.views.size).toBeGreaterThan(0)
    for (const section of played.views.keys()) expect(page).toContain(pictureFile(6, section, language))
    // VitePress would take both for its own
    const prose = page.replaceAll(/<\/?LiveStep[^>]*>/g, '').replaceAll(/````[^]*?````|`[^`\n]*`/g, '')
    expect(prose).not.toMatch(/<|\{\{/)
  }
})

test('links lead to pages of the site, and what has none keeps its text', () => {
  const text =
    '[a](network.md#dns), [b](../SECURITY.md), [c](../src/index.ts), [d](https://kubernetes.io), [e](#here)'
  expect(withLinks(text, 'docs/hosts.md')).toBe(
    '[a](/guide/network#dns), [b](/papers/SECURITY), c, [d](https://kubernetes.io), [e](#here)',
  )
  expect(withLinks('[f](backup.ts)', 'examples/README.md')).toBe('[f](/examples/backup-ts)')
  expect(pageOf('course/03-backup.md')).toBe('/course/3')
})

test("the site's own pages and its menus lead to pages that there are", () => {
  const files = [
    '.vitepress/config.ts',
    'pages/index.md',
    'pages/play.md',
    'pages/ko/index.md',
    'pages/ko/play.md',
    'pages/ko/guide/start.md',
    'pages/ko/guide/teaching.md',
  ]
  const links = files.flatMap((file) =>
    [...readFileSync(`${root}site/${file}`, 'utf8').matchAll(/\blink: '?(\/[\w/.-]*)/g)].map(
      ([, link = '']) => link,
    ),
  )
  expect(links.length).toBeGreaterThan(10)
  const numbers = readCourse('v1.35').map(({ number }) => `/course/${number}`)
  const written = [
    '/',
    '/ko/',
    '/play',
    '/ko/play',
    '/ko/guide/start',
    '/ko/guide/teaching',
    '/api/',
    ...numbers,
    ...numbers.map((path) => `/ko${path}`),
  ]
  const isThere = (link: string): boolean =>
    written.includes(link) || existsSync(`${root}${link.replace(/^\/guide/, 'docs')}.md`)
  expect(links.filter((link) => !isThere(link))).toEqual([])
})

test('the sidebar of the guide names pages that exist', () => {
  const config = readFileSync(`${root}site/.vitepress/config.ts`, 'utf8')
  const [, parts = ''] = /const PARTS[^{]*= \{([^}]*)\}/.exec(config) ?? []
  const names = [...parts.replaceAll(/'[^']*':/g, '').matchAll(/'([^']+)'/g)].map(([, name = '']) => name)
  expect(names.length).toBeGreaterThan(10)
  for (const name of names) expect(existsSync(`${root}docs/${name}.md`)).toBe(true)
  const pages = readdirSync(`${root}docs`).filter((file) => file.endsWith('.md'))
  expect(pages.map((file) => file.slice(0, -3)).filter((page) => !names.includes(page))).toEqual([])
})
