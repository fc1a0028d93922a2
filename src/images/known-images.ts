import { deleteOldest } from '../sim/data/delete-oldest.js'
import { InputError } from '../lang/input-error.js'
import { quote } from '../lang/go/quote.js'
import { fullImageName, imageTag } from '../api/core/pods/image-name.js'
import { nearest } from '../lang/text/nearest.js'
import type { ImageContext, ImageDefinition } from '../kubelet/index.js'
import { COREDNS } from './coredns.js'
import { AGNHOST } from './agnhost/agnhost.js'
import { withDistribution } from './distribution-programs.js'
import { proxyConfigPath, proxyLines, startLines } from './start-lines.js'
import type { StartedProgram } from './start-lines.js'
import { TEST_IMAGES } from './test-images.js'

/** `id` in busybox shows the groups of these users. */
const BUSYBOX_PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`
const BUSYBOX_GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
lp:x:7:
mail:x:8:
kmem:x:9:
wheel:x:10:root
cdrom:x:11:
dialout:x:18:
floppy:x:19:
video:x:28:
audio:x:29:
tape:x:32:
www-data:x:33:
operator:x:37:
utmp:x:43:
plugdev:x:46:
staff:x:50:
lock:x:54:
netdev:x:82:
users:x:100:
nobody:x:65534:
`
const ALPINE_GROUP = `root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
sys:x:3:root,bin
adm:x:4:root,daemon
tty:x:5:
disk:x:6:root
lp:x:7:lp
wheel:x:10:root
floppy:x:11:root
mail:x:12:mail
audio:x:18:
cdrom:x:19:
dialout:x:20:root
tape:x:26:root
video:x:27:root
shadow:x:42:
users:x:100:games
utmp:x:406:
ping:x:999:
nogroup:x:65533:
nobody:x:65534:
`

const startedIn = ({ startedAt, image, command, podIP }: ImageContext): StartedProgram => ({
  at: startedAt,
  version: imageTag(image),
  command,
  address: podIP,
})

const startOf =
  (program: Parameters<typeof startLines>[0]): ((context: ImageContext) => readonly string[]) =>
  (context) =>
    startLines(program, startedIn(context))

/** Servers that handle SIGTERM, or their image's own stop signal, and end as asked. */
const STOPS = { stopExitCode: 0 }

/** The visible properties of well-known images, by the last part of their name. */
const KNOWN: Readonly<Record<string, Omit<ImageDefinition, 'name'>>> = {
  busybox: {
    user: '',
    cmd: ['sh'],
    closed: true,
    files: { '/etc/passwd': BUSYBOX_PASSWD, '/etc/group': BUSYBOX_GROUP },
  },
  alpine: { user: '', cmd: ['/bin/sh'], closed: true, files: { '/etc/group': ALPINE_GROUP } },
  debian: { user: '', cmd: ['bash'], programs: ['bash'], closed: true },
  ubuntu: { user: '', cmd: ['/bin/bash'], programs: ['bash'], closed: true },
  curl: {
    user: 'curl_user',
    cmd: ['curl'],
    entrypoint: ['/entrypoint.sh'],
    argumentsAre: 'arguments or command',
  },
  nginx: {
    user: '',
    ...STOPS,
    entrypoint: ['/docker-entrypoint.sh'],
    argumentsAre: 'command',
    cmd: ['nginx', '-g', 'daemon off;'],
    ports: [80],
    logs: ['/docker-entrypoint.sh: Configuration complete; ready for start up'],
    page: `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`,
    programs: withDistribution('nginx nginx-debug curl envsubst gettext ngettext njs openssl'),
  },
  httpd: {
    user: '',
    ...STOPS,
    cmd: ['httpd-foreground'],
    ports: [80],
    page: '<html><body><h1>It works!</h1></body></html>\n',
    documentRoot: '/usr/local/apache2/htdocs',
    programs: withDistribution(`
      ab apachectl apxs dbmanage envvars htcacheclean htdbm htdigest htpasswd httpd logresolve openssl
      rotatelogs`),
  },
  redis: {
    user: '',
    ...STOPS,
    entrypoint: ['docker-entrypoint.sh'],
    argumentsAre: 'flags or command',
    cmd: ['redis-server'],
    ports: [6379],
    logs: ['* Ready to accept connections tcp'],
    programs: withDistribution(`
      gosu redis-benchmark redis-check-aof redis-check-rdb redis-cli redis-sentinel su-exec`),
  },
  mysql: {
    user: '',
    ...STOPS,
    entrypoint: ['docker-entrypoint.sh'],
    argumentsAre: 'flags or command',
    cmd: ['mysqld'],
    ports: [3306],
    logs: [
      "mysqld: ready for connections. Version: '8.4.0'  socket: '/var/run/mysqld/mysqld.sock'  port: " +
        '3306  MySQL Community Server - GPL.',
    ],
    programs: withDistribution(`
      gosu gpg ibd2sdi innochecksum microdnf my_print_defaults mysql mysql_config_editor
      mysql_migrate_keyring mysql_secure_installation mysql_ssl_rsa_setup mysql_tzinfo_to_sql
      mysql_upgrade mysqladmin mysqlbinlog mysqlcheck mysqld_multi mysqld_safe mysqldump mysqldumpslow
      mysqlimport mysqlpump mysqlsh mysqlshow mysqlslap openssl perror rpm zstd`),
  },
  mariadb: {
    user: '',
    ...STOPS,
    entrypoint: ['docker-entrypoint.sh'],
    argumentsAre: 'flags or command',
    cmd: ['mariadbd'],
    ports: [3306],
    logs: ['mariadbd: ready for connections.'],
    programs: withDistribution(`
      aria_chk aria_pack gosu galera_new_cluster healthcheck.sh innochecksum mariabackup mariadb
      mariadb-admin mariadb-backup mariadb-binlog mariadb-check mariadb-conv mariadb-dump
      mariadb-dumpslow mariadb-hotcopy mariadb-import mariadb-install-db mariadb-plugin
      mariadb-secure-installation mariadb-show mariadb-slap mariadb-tzinfo-to-sql mariadb-upgrade
      mariadbd-multi mariadbd-safe mbstream my_print_defaults myisamchk mysql mysqladmin mysqlbinlog
      mysqlcheck mysqld mysqldump mysqlimport mysqlshow openssl perror pv pwgen resolveip socat zstd`),
  },
  postgres: {
    user: '',
    ...STOPS,
    entrypoint: ['docker-entrypoint.sh'],
    argumentsAre: 'flags or command',
    cmd: ['postgres'],
    ports: [5432],
    logs: ['LOG:  database system is ready to accept connections'],
    programs: withDistribution(`
      clusterdb createdb createuser docker-enforce-initdb.sh docker-ensure-initdb.sh dropdb dropuser
      gosu initdb oid2name openssl pg_amcheck pg_archivecleanup pg_basebackup pg_checksums
      pg_combinebackup pg_config pg_controldata pg_createsubscriber pg_ctl pg_dump pg_dumpall pg_isready
      pg_receivewal pg_recvlogical pg_resetwal pg_restore pg_rewind pg_test_fsync pg_test_timing
      pg_upgrade pg_verifybackup pg_waldump pg_walsummary pgbench psql reindexdb su-exec vacuumdb
      vacuumlo zstd`),
  },
  mongo: {
    user: '',
    ...STOPS,
    entrypoint: ['docker-entrypoint.sh'],
    argumentsAre: 'flags or command',
    cmd: ['mongod'],
    ports: [27_017],
    programs: withDistribution(`
      bsondump gosu jq mongodump mongoexport mongofiles mongoimport mongorestore mongos mongosh
      mongostat mongotop numactl`),
  },
  memcached: {
    user: 'memcache',
    ...STOPS,
    entrypoint: ['docker-entrypoint.sh'],
    argumentsAre: 'flags or command',
    cmd: ['memcached'],
    ports: [11_211],
    programs: withDistribution(''),
  },
  wordpress: {
    user: '',
    ...STOPS,
    entrypoint: ['docker-entrypoint.sh'],
    argumentsAre: 'command',
    cmd: ['apache2-foreground'],
    ports: [80],
    page: '<!DOCTYPE html>\n<title>WordPress</title>\n',
    // its entrypoint copies them from here into a volume at /var/www/html that has none
    documentRoot: '/usr/src/wordpress',
    programs: withDistribution(`
      a2dismod a2enconf a2enmod a2ensite apache2 apache2ctl apachectl docker-php-entrypoint
      docker-php-ext-configure docker-php-ext-enable docker-php-ext-install docker-php-source gs magick
      openssl pear pecl phar php php-config phpdbg phpize wp`),
  },
  ...TEST_IMAGES,
  agnhost: AGNHOST,
  etcd: { user: '', ...STOPS, entrypoint: ['etcd'], ports: [2379, 2380, 2381], logs: startOf('etcd') },
  pause: { user: '65535:65535', ...STOPS, entrypoint: ['/pause'], ports: [], distroless: true },
}

const PROGRAM = { user: '', ...STOPS }

/** What a control plane runs itself, and what usually runs beside it. Docker's library has none of them. */
const OF_KUBERNETES: Readonly<Record<string, Omit<ImageDefinition, 'name'>>> = {
  'kube-apiserver': { ...PROGRAM, logs: startOf('kube-apiserver') },
  'kube-controller-manager': { ...PROGRAM, logs: startOf('kube-controller-manager') },
  'kube-scheduler': { ...PROGRAM, logs: startOf('kube-scheduler') },
  'kube-proxy': {
    ...PROGRAM,
    logs: (context) => proxyLines(startedIn(context), context.readFile(proxyConfigPath(context.command))),
  },
  coredns: { ...PROGRAM, behavior: COREDNS },
  'metrics-server': PROGRAM,
  'metrics-server-amd64': PROGRAM,
  'prometheus-to-sd': PROGRAM,
  'stackdriver-logging-agent': PROGRAM,
  'debian-base': { ...PROGRAM, cmd: ['bash'], programs: ['bash'] },
  'hpa-example': { ...PROGRAM, ports: [80], page: 'OK!' },
}

/** Images that respond with the name of their pod. */
const HOSTNAME = { user: '', ports: [9376, 8080], listensOnDeclared: true }

/** Tags with which people say that no registry has the image: `webserver:404`, `foo:non-existent`. */
const ABSENT_TAG = /^(?:404|invalid(?:-tag)?|non-?existent|does-?(?:not|nt)-?exist|not-?found)$/

/** Hosts that do not exist: those of RFC 2606, and one that Kubernetes' tests rely on. */
const ABSENT_HOST = /\.invalid(?::\d+)?$|^invalid\.registry\.k8s\.io$/

/** Returns the error of containerd for an image that cannot exist; undefined for all others. */
function absence(fullName: string): string | undefined {
  const resolving = `failed to resolve reference ${quote(fullName)}`
  const failed = `failed to pull and unpack image ${quote(fullName)}: ${resolving}`
  const [, host = '', repository = '', tag = ''] = /^([^/]+)\/(.*?)(?::([^:/@]+))?$/.exec(fullName) ?? []
  if (ABSENT_HOST.test(host)) {
    const url = `https://${host}/v2/${repository}/manifests/${tag}`
    const why = `failed to do request: Head "${url}": dial tcp: lookup ${host}: no such host`
    return `rpc error: code = Unknown desc = ${failed}: ${why}`
  }
  if (!ABSENT_TAG.test(tag)) return undefined
  return `rpc error: code = NotFound desc = ${failed}: ${fullName}: not found`
}

/**
 * What is known of an image by its full name (`docker.io/library/nginx:1.27`); undefined if nothing is. An
 * image whose tag or registry says that it does not exist cannot be pulled.
 * @example knownImage('nginx:1.27')?.ports
 */
export function knownImage(fullName: string): Omit<ImageDefinition, 'name'> | undefined {
  if (typeof fullName !== 'string' || !fullName.includes('/'))
    throw new InputError(
      "knownImage() takes a full name such as 'docker.io/library/nginx:1.27', not " +
        JSON.stringify(fullName),
    )
  const pullError = absence(fullName)
  return pullError === undefined ? knownProgram(fullName) : { pullError }
}

/** Images of which all programs are known, as the official ones. */
const COMPLETE: ReadonlySet<string> = new Set([
  'httpd',
  'mariadb',
  'memcached',
  'mongo',
  'mysql',
  'nginx',
  'postgres',
  'redis',
  'wordpress',
])

/** Docker's official images, and mirrors of them. Those of other owners may have any program. */
const OFFICIAL = /(?:^|\/)library\/[^/]+$/

function knownProgram(fullName: string): Omit<ImageDefinition, 'name'> | undefined {
  const name = lastPart(fullName)
  if (name === 'nginx-unprivileged') return { ...KNOWN['nginx'], user: '101', ports: [8080] }
  if (/hostnames?$|^whoami$|^echo|^hello/.test(name)) return HOSTNAMES.has(name) ? HOSTNAME : undefined
  if (Object.hasOwn(OF_KUBERNETES, name) && !OFFICIAL.test(fullName)) return OF_KUBERNETES[name]
  if (!Object.hasOwn(KNOWN, name)) return undefined
  return COMPLETE.has(name) && OFFICIAL.test(fullName) ? { ...KNOWN[name], closed: true } : KNOWN[name]
}

/**
 * Returns the well-known image that an unknown one is probably a typo of (`nginx` for `ngnix`), or the image
 * in the registry that its host is a typo of. Returns undefined if no name is near, or if the image has an
 * owner, who may publish any name.
 */
export function nearestImage(image: string): string | undefined {
  if (nearestImages.has(image)) return nearestImages.get(image)
  const found = findNearest(image)
  if (nearestImages.size >= MOST_IMAGES) deleteOldest(nearestImages)
  nearestImages.set(image, found)
  return found
}

/** Each pod that is created asks for its images, and thousands have the same. */
const nearestImages = new Map<string, string | undefined>()
const MOST_IMAGES = 1_000

function findNearest(image: string): string | undefined {
  const full = fullImageName(image)
  const [host = '', ...path] = full.split('/')
  const registry = REGISTRIES.includes(host) ? undefined : nearest(host, REGISTRIES)
  if (registry !== undefined && /[.:]/.test(host)) return [registry, ...path].join('/')
  if (knownImage(full) !== undefined) return undefined
  if (full.startsWith('docker.io/library/')) return nearest(lastPart(full), Object.keys(KNOWN))
  if (host !== 'registry.k8s.io') return undefined
  const meant = nearest(lastPart(full), [...Object.keys(OF_KUBERNETES), 'agnhost', 'etcd', 'pause'])
  return meant && full.replace(lastPart(full), meant)
}

const REGISTRIES = [
  'docker.io',
  'gcr.io',
  'ghcr.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
  'quay.io',
  'registry.k8s.io',
]

const HOSTNAMES = new Set([
  'serve_hostname',
  'hostnames',
  'whoami',
  'echoserver',
  'hello-app',
  'http-echo',
  'echo',
])

function lastPart(fullName: string): string {
  const path = fullName.split('@')[0] ?? ''
  return (path.split('/').at(-1) ?? '').split(':')[0] ?? ''
}
