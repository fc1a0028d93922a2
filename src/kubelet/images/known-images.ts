import { AGNHOST } from './agnhost.js'
import type { ImageBehavior, ImageDefinition } from './image.js'

/** Well-known images, by the last part of their name: as much of them as shows. */
const KNOWN: Readonly<Record<string, Omit<ImageDefinition, 'name'>>> = {
  busybox: { user: '', cmd: ['sh'], closed: true },
  alpine: { user: '', cmd: ['/bin/sh'], closed: true },
  debian: { user: '', cmd: ['bash'], programs: ['bash'], closed: true },
  ubuntu: { user: '', cmd: ['/bin/bash'], programs: ['bash'], closed: true },
  curl: { user: 'curl_user', cmd: ['curl'], entrypoint: ['/entrypoint.sh'] },
  nginx: {
    user: '', entrypoint: ['/docker-entrypoint.sh'], cmd: ['nginx', '-g', 'daemon off;'], ports: [80], programs: ['bash', 'nginx'],
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
  },
  httpd: { user: '', cmd: ['httpd-foreground'], ports: [80], programs: ['bash', 'httpd'], page: '<html><body><h1>It works!</h1></body></html>\n' },
  redis: { user: '', entrypoint: ['docker-entrypoint.sh'], cmd: ['redis-server'], ports: [6379], programs: ['bash'], logs: ['* Ready to accept connections tcp'] },
  mysql: { user: '', entrypoint: ['docker-entrypoint.sh'], cmd: ['mysqld'], ports: [3306], programs: ['bash'], logs: ['mysqld: ready for connections. Version: \'8.4.0\'  socket: \'/var/run/mysqld/mysqld.sock\'  port: 3306  MySQL Community Server - GPL.'] },
  mariadb: { user: '', entrypoint: ['docker-entrypoint.sh'], cmd: ['mariadbd'], ports: [3306], programs: ['bash'], logs: ['mariadbd: ready for connections.'] },
  postgres: { user: '', entrypoint: ['docker-entrypoint.sh'], cmd: ['postgres'], ports: [5432], programs: ['bash'], logs: ['LOG:  database system is ready to accept connections'] },
  mongo: { user: '', entrypoint: ['docker-entrypoint.sh'], cmd: ['mongod'], ports: [27_017], programs: ['bash'] },
  memcached: { user: 'memcache', entrypoint: ['docker-entrypoint.sh'], cmd: ['memcached'], ports: [11_211] },
  wordpress: { user: '', entrypoint: ['docker-entrypoint.sh'], cmd: ['apache2-foreground'], ports: [80], programs: ['bash'], page: '<!DOCTYPE html>\n<title>WordPress</title>\n' },
  agnhost: { user: '', entrypoint: ['/agnhost'], cmd: ['pause'], ports: [8080, 9376, 80], behavior: AGNHOST as unknown as ImageBehavior },
  pause: { user: '65535:65535', entrypoint: ['/pause'], ports: [], distroless: true },
}

/** Images that answer with the name of their pod. */
const HOSTNAME = { user: '', ports: [9376, 8080] }

/** What is known of an image by its full name (`docker.io/library/nginx:1.27`). */
export function knownImage(fullName: string): Omit<ImageDefinition, 'name'> | undefined {
  const name = lastPart(fullName)
  if (name === 'nginx-unprivileged') return { ...KNOWN['nginx'], user: '101', ports: [8080] }
  if (/hostnames?$|^whoami$|^echo|^hello/.test(name)) return HOSTNAMES.has(name) ? HOSTNAME : undefined
  return Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined
}

const HOSTNAMES = new Set(['serve_hostname', 'hostnames', 'whoami', 'echoserver', 'hello-app', 'http-echo', 'echo'])

/** Whether a container of that image answers with the name of its pod. */
export function answersHostname(fullName: string): boolean {
  return HOSTNAMES.has(lastPart(fullName))
}

function lastPart(fullName: string): string {
  const path = fullName.split('@')[0] ?? ''
  return (path.split('/').at(-1) ?? '').split(':')[0] ?? ''
}
