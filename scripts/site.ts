/**
 * `npm run site`: writes the pages of the site into site/content (the guide from docs, the course with what
 * its commands print, the API reference, examples, the playground) and builds site/.vitepress/dist with
 * VitePress, which fails on a dead link. Needs `npm ci --prefix site` and the build of the playground.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SimCluster } from '../src/index.js'
import { LANGUAGES } from '../src/course/chapter.js'
import { recordFrames, toAnimatedSvg } from '../src/view/index.js'
import { readCourse } from '../src/cli/course/read.js'
import { chapterPicture } from '../src/course/chapter-picture.js'
import { chapterPage, pictureFile, playOnce } from './site/chapter-page.js'
import { pageOf, withLinks } from './site/links.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const content = join(root, 'site/content')

function write(page: string, text: string): void {
  const file = join(content, `${page}.md`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${text}\n`)
}

/** Pages of the repository, and the guide. */
function writePapers(): void {
  const pages = [
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    'course/README.md',
    'playground/README.md',
  ]
  for (const path of pages) write(pageOf(path) ?? '', withLinks(readFileSync(join(root, path), 'utf8'), path))
  for (const name of readdirSync(join(root, 'examples'))) {
    const page = pageOf(`examples/${name}`)
    if (page === undefined) continue
    const code = readFileSync(join(root, 'examples', name), 'utf8').trimEnd()
    write(page, `# ${name}\n\n\`\`\`\`${name.split('.').at(-1) ?? ''}\n${code}\n\`\`\`\``)
  }
}

/** Where a language's pages begin: English is the site's own. */
const BASES = { en: '', ko: '/ko' } as const

async function writeCourse(): Promise<void> {
  mkdirSync(join(content, 'public/pictures'))
  for (const chapter of readCourse('v1.35')) {
    const played = await playOnce(chapter)
    for (const language of LANGUAGES) {
      write(`${BASES[language]}/course/${chapter.number}`, chapterPage(chapter, played, language))
      for (const [section, view] of played.views)
        writeFileSync(
          join(content, 'public/pictures', pictureFile(chapter.number, section, language)),
          chapterPicture(view, language),
        )
    }
  }
}

/** One page for each entry of the package. */
function writeReference(): void {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly import: string }>>
  }
  const entries = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [] : [entry.import.replace('./dist', 'src').replace(/\.js$/, '.ts')],
  )
  const options = [
    '--plugin',
    'typedoc-plugin-markdown',
    '--tsconfig',
    'tsconfig.build.json',
    '--router',
    'module',
  ]
  const plain = [
    '--readme',
    'none',
    '--sanitizeComments',
    '--hideBreadcrumbs',
    '--hidePageHeader',
    '--disableSources',
    // tsc has checked the code; this compiler is another one
    '--skipErrorChecking',
    '--logLevel',
    'Error',
  ]
  execFileSync(
    join(root, 'site/node_modules/.bin/typedoc'),
    [...options, ...plain, '--out', join(content, 'api'), ...entries],
    { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_PATH: join(root, 'site/node_modules') } },
  )
}

/** typedoc names the page of the entry `simcluster` after its file. */
function nameMainEntry(): void {
  const page = join(content, 'api/index.md')
  writeFileSync(page, readFileSync(page, 'utf8').replace('# index', '# simcluster'))
  rmSync(join(content, 'api/README.md'))
}

/**
 * typedoc numbers some anchors as if another heading had the same name: such links lead to the only one, or
 * nowhere if the page has none.
 */
function mendAnchors(): void {
  for (const page of readdirSync(join(content, 'api'), { recursive: true, encoding: 'utf8' })) {
    if (!page.endsWith('.md')) continue
    const file = join(content, 'api', page)
    const text = readFileSync(file, 'utf8')
    const counts = new Map<string, number>()
    for (const [, heading = ''] of text.matchAll(/^#+ (.+)$/gm)) {
      const anchor = heading.replaceAll(/\W/g, '').toLowerCase()
      counts.set(anchor, (counts.get(anchor) ?? 0) + 1)
    }
    const mended = text.replaceAll(
      /\[([^[\]]+)\]\((?:index\.md)?#(\w+)-(\d+)\)/g,
      (whole, title: string, name: string, number: string) => {
        const count = counts.get(name) ?? 0
        if (count === 0) return title
        return count > Number(number) ? whole : `[${title}](#${name})`
      },
    )
    writeFileSync(file, mended)
  }
}

function copyPlayground(): void {
  const built = join(root, 'playground/dist')
  if (!existsSync(built)) throw new Error('first: npm run build && npm run build --prefix playground')
  cpSync(built, join(content, 'public/playground'), { recursive: true })
}

/** A node dies and its pods move: the picture of the first page, in each language. */
function writeFilms(): void {
  for (const lang of LANGUAGES) {
    const cluster = new SimCluster({ nodes: 3 })
    cluster.kubectl('create deployment web --image=nginx --port=80 --replicas=4')
    cluster.kubectl('expose deployment web')
    cluster.settle()
    const recording = recordFrames(cluster, { maxFrames: 60 })
    cluster.node('node-2').crash()
    cluster.advance('7m')
    const film = toAnimatedSvg(recording.views(), { lang, namespaces: ['default'], seconds: 1.5 })
    writeFileSync(join(content, `public/film.${lang}.svg`), film)
  }
}

rmSync(content, { recursive: true, force: true })
cpSync(join(root, 'site/pages'), content, { recursive: true })
copyPlayground()
writeFilms()
writePapers()
await writeCourse()
writeReference()
nameMainEntry()
mendAnchors()
execFileSync(join(root, 'site/node_modules/.bin/vitepress'), ['build', 'site'], {
  cwd: root,
  stdio: 'inherit',
})
