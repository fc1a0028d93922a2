import { comesUp, goal, isUp, podsOf, templateOf } from '../goals.js'
import { changing, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { deployment, jsonPatch, lines, patch, told } from '../shared.js'

/** Chapter 6 and 7: containers that may do too much. */
export const hardenedPodLessons: readonly LessonSource[] = [
  lesson('seccomp-profile', 'easy', 4, (draw) => {
    const web = draw.app()
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '거르지 않는 시스템 호출',
          `보안 점검에서 ${web}의 컨테이너가 seccomp 없이(Unconfined) 실행된다고 합니다. 런타임의 기본 프로필로 실행하게 하세요.`,
          [
            'kubectl get deployment -o yaml의 securityContext',
            '컨테이너의 설정이 포드의 설정보다 우선합니다.',
          ],
          '포드에는 RuntimeDefault가 있었지만 컨테이너가 Unconfined로 덮어썼습니다. 컨테이너의 설정이 우선합니다.',
        ),
        en: told(
          'System calls without a filter',
          `The security review says that the containers of ${web} run without seccomp (Unconfined). Let ` +
            `them run with the default profile of the runtime.`,
          [
            'The securityContext in kubectl get deployment -o yaml',
            'The setting of a container overrides that of the pod.',
          ],
          'The pod had RuntimeDefault, and the container overrode it with Unconfined. The container has ' +
            'the last word.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(
            web,
            { securityContext: { seccompProfile: { type: 'Unconfined' }, allowPrivilegeEscalation: false } },
            { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
          ),
        ])
        cluster.settle()
      },
      shows: {
        run: `kubectl get deployment ${web} -o jsonpath={..containers[*].securityContext}`,
        prints: /Unconfined/,
      },
      goals: [
        isUp(web),
        goal(
          `Each container of ${web} runs with RuntimeDefault.`,
          `${web}의 모든 컨테이너가 RuntimeDefault로 실행됩니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            podsOf(desk.cluster, web).every(({ spec }) =>
              spec.containers.every(
                ({ securityContext }) =>
                  (securityContext?.seccompProfile ?? spec.securityContext?.seccompProfile)?.type ===
                  'RuntimeDefault',
              ),
            ),
        ),
        goal(
          'Privileges still cannot be escalated.',
          '권한 상승은 여전히 막혀 있습니다.',
          ({ cluster }) =>
            templateOf(cluster, web)?.containers.every(
              ({ securityContext }) =>
                securityContext?.allowPrivilegeEscalation === false && securityContext.privileged !== true,
            ) === true,
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing(
            'spec.template.spec.containers.*.securityContext.seccompProfile',
            'spec.template.spec.securityContext.seccompProfile',
          ),
        }),
      ],
      solution: lines(
        jsonPatch(`deployment ${web}`, [
          { op: 'remove', path: '/spec/template/spec/containers/0/securityContext/seccompProfile' },
        ]),
        'sleep 60',
      ),
      wrongRepairs: [
        lines(
          jsonPatch(`deployment ${web}`, [{ op: 'remove', path: '/spec/template/spec/securityContext' }]),
          'sleep 60',
        ),
        lines(
          jsonPatch(`deployment ${web}`, [
            { op: 'remove', path: '/spec/template/spec/containers/0/securityContext' },
          ]),
          'sleep 60',
        ),
        lines(
          patch(`deployment ${web}`, {
            spec: {
              template: { spec: { containers: [{ name: web, securityContext: { privileged: true } }] } },
            },
          }),
          'sleep 60',
        ),
        lines(
          jsonPatch(`deployment ${web}`, [
            {
              op: 'replace',
              path: '/spec/template/spec/containers/0/securityContext/seccompProfile',
              value: { type: 'Localhost', localhostProfile: 'x.json' },
            },
          ]),
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
      ],
    }
  }),
  lesson('privileged-container', 'easy', 4, (draw) => {
    const web = draw.app()
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '노드의 주인이 된 컨테이너',
          `${web}는 평범한 웹 서버인데 노드의 프로세스와 장치를 모두 볼 수 있습니다. 그럴 이유가 없는 설정을 모두 없애 주세요.`,
          [
            'kubectl get deployment -o yaml: host로 시작하는 것과 privileged',
            '세 가지가 있습니다: hostPID, hostNetwork, privileged',
          ],
          'privileged와 host 네임스페이스는 컨테이너를 노드의 root와 다름없게 만듭니다. 웹 서버에는 필요 없습니다.',
        ),
        en: told(
          'A container that owns its node',
          `${web} is an ordinary web server, yet it sees all processes and devices of its node. Remove ` +
            `every setting that allows it.`,
          [
            'kubectl get deployment -o yaml: what begins with host, and privileged',
            'There are three: hostPID, hostNetwork, privileged',
          ],
          "With privileged and the host's namespaces a container is as good as root on its node. A web " +
            'server needs none of it.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(
            web,
            { securityContext: { privileged: true } },
            { hostPID: true, hostNetwork: draw.one(true, false) },
          ),
        ])
        cluster.settle()
      },
      shows: { run: `kubectl get deployment ${web} -o yaml`, prints: /hostPID: true/ },
      goals: [
        isUp(web),
        goal(
          `The pods of ${web} are isolated from their nodes.`,
          `${web}의 포드가 노드와 격리되어 있습니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            podsOf(desk.cluster, web).every(
              ({ spec }) =>
                spec.hostPID !== true &&
                spec.hostNetwork !== true &&
                spec.hostIPC !== true &&
                spec.containers.every(
                  ({ securityContext }) =>
                    securityContext?.privileged !== true &&
                    (securityContext?.capabilities?.add ?? []).length === 0,
                ),
            ),
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing(
            'spec.template.spec.hostPID',
            'spec.template.spec.hostNetwork',
            'spec.template.spec.containers.*.ports',
            'spec.template.spec.containers.*.securityContext',
          ),
        }),
      ],
      solution: lines(
        patch(`deployment ${web}`, {
          spec: {
            template: {
              spec: {
                hostPID: false,
                hostNetwork: false,
                containers: [{ name: web, securityContext: { privileged: false } }],
              },
            },
          },
        }),
        'sleep 60',
      ),
      wrongRepairs: [
        lines(patch(`deployment ${web}`, { spec: { template: { spec: { hostPID: false } } } }), 'sleep 60'),
        lines(
          patch(`deployment ${web}`, {
            spec: {
              template: {
                spec: {
                  hostPID: false,
                  hostNetwork: false,
                  containers: [
                    {
                      name: web,
                      securityContext: { privileged: false, capabilities: { add: ['SYS_ADMIN'] } },
                    },
                  ],
                },
              },
            },
          }),
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(`kubectl delete deployment ${web}`, 'sleep 30'),
        lines(
          patch(`deployment ${web}`, {
            spec: {
              template: {
                spec: {
                  hostPID: false,
                  hostNetwork: false,
                  hostIPC: true,
                  containers: [{ name: web, securityContext: { privileged: false } }],
                },
              },
            },
          }),
          'sleep 60',
        ),
      ],
    }
  }),
]
