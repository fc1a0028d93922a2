import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const content = fileURLToPath(new URL('../content/', import.meta.url))

/** The guide in its parts, as the README names them. What is not named here is at its end. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  Start: ['tutorial'],
  'For tests of your software': [
    'testing',
    'properties',
    'exploration',
    'controllers',
    'webhooks',
    'troubleshooting',
    'migrating',
  ],
  'For platform teams: questions to a cluster': [
    'check',
    'what-if',
    'upgrade',
    'policies',
    'access',
    'rbac',
    'network-policy',
  ],
  'For users of real clients': [
    'from-python',
    'from-go',
    'in-github-actions',
    'server',
    'real-components',
    'kubectl',
    'etcd',
  ],
  'For teachers and learners: inside a cluster': [
    'hosts',
    'containers',
    'network',
    'volumes',
    'scheduling',
    'pictures',
  ],
  Concepts: [
    'trust',
    'architecture',
    'fidelity',
    'conformance',
    'security',
    'kubernetes-gets-wrong',
    'glossary',
  ],
  Reference: ['options', 'cli', 'types', 'fidelity-rules'],
}

/** The title of a page: its first heading. */
const titleOf = (page: string): string =>
  /^# (.+)$/m.exec(readFileSync(`${content}${page}.md`, 'utf8'))?.[1]?.replaceAll(/[`\\]/g, '') ?? page

const item = (page: string): { text: string; link: string } => ({ text: titleOf(page), link: `/${page}` })

const pagesIn = (folder: string): readonly string[] =>
  readdirSync(`${content}${folder}`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name.slice(0, -3)}`)
    .toSorted()

interface Part {
  readonly text: string
  readonly items: { text: string; link: string }[]
}

/** The guide, and where its two long lists begin, which have menus of their own. */
function guide(): Part[] {
  const named = Object.values(PARTS).flat()
  const others = pagesIn('guide').filter((page) => !named.includes(page.slice('guide/'.length)))
  const start = (text: string, folder: string): { text: string; link: string } => ({
    text,
    link: `/${pagesIn(folder)[0] ?? ''}`,
  })
  return [
    ...Object.entries(PARTS).map(([text, names]) => ({
      text,
      items: names.map((name) => item(`guide/${name}`)),
    })),
    {
      text: 'More',
      items: [...others.map(item), start('Examples', 'examples'), start('Decisions', 'guide/decisions')],
    },
  ]
}

/** A list of pages with the way back to the guide. */
const list = (text: string, folder: string): Part[] => [
  { text, items: [{ text: '← Guide', link: '/guide/tutorial' }, ...pagesIn(folder).map(item)] },
]

const course = (base: string, text: string): Part[] => [{ text, items: pagesIn(`${base}course`).map(item) }]

/** The anchor that GitHub gives a heading. */
const githubSlug = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-')

/** A wheel of seven spokes, as small as it can be. */
const FAVICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="14" fill="#0b5cad"/>' +
    '<g fill="none" stroke="#fff" stroke-width="2.4"><circle cx="16" cy="16" r="7"/>' +
    '<path d="M16 3v26M4.7 9.5l22.6 13M4.7 22.5l22.6-13"/></g></svg>',
)}`

export default defineConfig({
  title: 'simcluster',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: FAVICON }]],
  description: 'A Kubernetes control plane in memory',
  srcDir: 'content',
  cleanUrls: false,
  lastUpdated: false,
  // the playground is a page of its own
  ignoreDeadLinks: [/playground\/index/],
  // braces of the guide are values, not attributes: those begin with {:
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    attrs: { leftDelimiter: '{:', rightDelimiter: '}' },
    // links in the repository, and typedoc's, name headings as GitHub does
    anchor: { slugify: githubSlug },
    // an address in a sentence is an example, and a Korean particle is no part of it
    linkify: false,
    languageAlias: { mjs: 'js', mts: 'ts' },
  },
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  themeConfig: {
    i18nRouting: false,
    search: {
      provider: 'local',
      options: {
        locales: {
          ko: {
            translations: {
              button: { buttonText: '검색', buttonAriaLabel: '검색' },
              modal: { noResultsText: '찾은 것이 없습니다:', resetButtonTitle: '지우기' },
            },
          },
        },
      },
    },
    outline: [2, 3],
    notFound: { linkLabel: 'Take me home' },
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: {
        nav: [
          { text: 'Guide', link: '/guide/tutorial', activeMatch: '^/guide/' },
          { text: 'Course', link: '/course/1', activeMatch: '^/course/' },
          { text: 'API', link: '/api/', activeMatch: '^/api/' },
          { text: 'Playground', link: '/play' },
        ],
        sidebar: {
          '/guide/decisions/': list('Decisions', 'guide/decisions'),
          '/guide/': guide(),
          '/examples/': list('Examples', 'examples'),
          '/course/': course('', 'Course'),
          '/api/': [
            {
              text: 'API',
              items: pagesIn('api')
                .filter((page) => page !== 'api/index')
                .map(item),
            },
          ],
        },
      },
    },
    ko: {
      label: '한국어',
      lang: 'ko',
      description: '메모리 안의 쿠버네티스 컨트롤 플레인',
      themeConfig: {
        nav: [
          { text: '과정', link: '/ko/course/1', activeMatch: '^/ko/course/' },
          { text: '플레이그라운드', link: '/ko/play' },
          { text: '안내서', link: '/ko/guide/start', activeMatch: '^/ko/guide/' },
          { text: '안내서 (영어)', link: '/guide/tutorial' },
        ],
        sidebar: {
          '/ko/course/': course('ko/', '과정'),
          '/ko/guide/': [
            { text: '안내서', items: ['start', 'teaching'].map((name) => item(`ko/guide/${name}`)) },
          ],
        },
        outline: { level: [2, 3], label: '이 페이지' },
        docFooter: { prev: '이전', next: '다음' },
        notFound: {
          title: '없는 페이지입니다',
          quote: '주소가 바뀌었거나 잘못 적혔습니다.',
          linkText: '처음으로',
          linkLabel: '처음으로',
        },
        darkModeSwitchLabel: '다크 모드',
        sidebarMenuLabel: '차례',
        returnToTopLabel: '맨 위로',
      },
    },
  },
})
