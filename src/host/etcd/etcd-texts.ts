import { addonVersions } from '../../cluster/kubeadm/addon-versions.js'
import type { HostMachine } from '../machine/host-machine.js'

/** Version of the etcd that kubeadm installs for the control plane's release, and its minor. */
export function etcdVersion({ hosts }: HostMachine): { readonly version: string; readonly minor: number } {
  const version = addonVersions(hosts.version).etcd.replace(/-\d+$/, '')
  return { version, minor: Number(version.split('.')[1]) }
}

/** `etcdctl snapshot` in 3.6, which has nothing but `save`: it prints its help for any other word. */
export const snapshotHelp = (version: string): string => `NAME:
	snapshot - Manages etcd node snapshots

USAGE:
	etcdctl snapshot <subcommand> [flags]

API VERSION:
	${version.replace(/\.\d+$/, '')}


COMMANDS:
	save	Stores an etcd node backend snapshot to a given file

OPTIONS:
  -h, --help[=false]	help for snapshot

GLOBAL OPTIONS:
      --cacert=""				verify certificates of TLS-enabled secure servers using this CA bundle
      --cert=""					identify secure client using this TLS certificate file
      --command-timeout=5s			timeout for short running command (excluding dial timeout)
      --debug[=false]				enable client-side debug logging
      --dial-timeout=2s				dial timeout for client connections
  -d, --discovery-srv=""			domain name to query for SRV records describing cluster endpoints
      --discovery-srv-name=""			service name to query when using DNS discovery
      --endpoints=[127.0.0.1:2379]		gRPC endpoints
      --hex[=false]				print byte strings as hex encoded strings
      --insecure-discovery[=true]		accept insecure SRV records describing cluster endpoints
      --insecure-skip-tls-verify[=false]	skip server certificate verification (CAUTION: this option should \
be enabled only for testing purposes)
      --insecure-transport[=true]		disable transport security for client connections
      --keepalive-time=2s			keepalive time for client connections
      --keepalive-timeout=6s			keepalive timeout for client connections
      --key=""					identify secure client using this TLS key file
      --password=""				password for authentication (if this option is used, --user option \
shouldn't include password)
      --user=""					username[:password] for authentication (prompt if password is not supplied)
  -w, --write-out="simple"			set the output format (fields, json, protobuf, simple, table)

`

const UTL_FLAGS =
  '  -w, --write-out string   set the output format ' +
  '(fields, json, protobuf, simple, table) (default "simple")\n'

/** Help of `etcdutl` without a command. */
export const UTL_HELP: string = `Usage:
  etcdutl [command]

Available Commands:
  help        Help about any command
  snapshot    Manages etcd node snapshots
  version     Prints the version of etcdutl

Flags:
  -h, --help               help for etcdutl
${UTL_FLAGS}
Use "etcdutl [command] --help" for more information about a command.
`

/** Help of `etcdutl snapshot` without a command. */
export const UTL_SNAPSHOT_HELP: string = `Manages etcd node snapshots

Usage:
  etcdutl snapshot [command]

Available Commands:
  restore     Restores an etcd member snapshot to an etcd directory
  status      Gets backend snapshot status of a given file

Flags:
  -h, --help   help for snapshot

Global Flags:
${UTL_FLAGS}
Use "etcdutl snapshot [command] --help" for more information about a command.
`
