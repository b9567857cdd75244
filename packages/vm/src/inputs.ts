import { defineInputs, type InputsOf } from '@slipway/kit/spec';
import {
  amount,
  amounts,
  choice,
  duration,
  flag,
  integer,
  lines,
  list,
  name,
  path,
  secretText,
  text,
} from '@slipway/kit/types';
import { environmentInput, leaseInputs } from '@slipway/rollout/inputs';
import { hostPath } from './host-path.ts';
import { contextPath } from './services/tomcat.ts';

/** Which fleet, how it is reached, and what runs there: what deploy-vm and rollback say alike. */
export const fleetInputs = defineInputs({
  app: {
    type: name,
    required: true,
    description: 'What is deployed; with the environment it names the folder, the ledger and the lease.',
    example: 'shop',
  },
  ...environmentInput,
  hosts: {
    type: lines,
    description:
      'One host a line: `[user@]host[:port] [name=...] [root=...] [port=...] [jump=...]`; `:port` is that of ssh, `port=` fills in `{port}` of the health check, `jump=` is as the input of that name; IPv6 addresses stand in brackets. Either this or `inventory`.',
    example: '|\n  deploy@web-1.example.com\n  deploy@web-2.example.com',
  },
  inventory: {
    type: text,
    description:
      'The hosts from a file of YAML or JSON, by its path, or from what a program prints: `exec:` and the program with its arguments. Either this or `hosts`.',
    example: 'hosts.yml',
  },
  select: {
    type: lines,
    description:
      'Which hosts of the inventory: groups and labels, such as `web,zone!=b`; all terms of a line hold for a host, and any line chooses it. Without it, all.',
    example: 'role=web,zone!=b',
  },
  jump: {
    type: list,
    description:
      'Hosts to go through, the nearest first: `[user@]host[:port]`; `none` goes straight. Hosts and balancers can have their own. Without it, the ssh configuration says.',
    example: 'ops@jump-1.example.com, ops@jump-2.example.com',
  },
  root: {
    type: path,
    default: '/opt/slipway',
    description: 'The folder on the hosts below which everything lives; the ssh user owns it.',
  },
  'ssh-key': {
    type: secretText,
    secret: true,
    description:
      'The private key; it goes to an agent and never to a file. Without it, the agent and keys of the runner serve.',
    example: '${{ secrets.SSH_KEY }}',
  },
  'ssh-certificate': {
    type: text,
    description:
      'The user certificate of the key, as it stands in `key-cert.pub`; for `ssh-key`, or for a key of the agent.',
    example: '${{ steps.sign.outputs.certificate }}',
  },
  'ssh-config': {
    type: path,
    description: 'An ssh configuration that is in force instead of `~/.ssh/config`: aliases, users, ports, jump hosts.',
    example: '.github/ssh_config',
  },
  'known-hosts': {
    type: text,
    description:
      'Lines of known_hosts for every host, balancer and jump host, `@cert-authority` lines too; without it, the known_hosts files of the runner serve.',
    example: '${{ vars.KNOWN_HOSTS }}',
  },
  transfer: {
    type: choice('push', 'pull'),
    default: 'push',
    description:
      'How the bytes of a release come to a host: `push` = from the runner, over the connection; `pull` = the host gets them itself, with curl or wget, from a location of the release (`https://`, `s3://`, `oci://`).',
  },
  'transfer-auth': {
    type: secretText,
    secret: true,
    description:
      'For `pull`: `<host[:port]> basic <user>:<password>` or `<host[:port]> bearer <token>`, one server a line; S3 takes the AWS_* variables of the step.',
    example: 'ghcr.io basic ${{ github.actor }}:${{ secrets.GITHUB_TOKEN }}',
  },
  'connect-timeout': {
    type: duration,
    default: '15s',
    description: 'For one connection to be ready, second tries included.',
  },
  balancer: {
    type: text,
    description:
      'The load balancer: `haproxy://[user@]host[:port]/path/to/admin.sock?backend=web&server={host}-{slot}[&root=...]`; one that moves users between two slots has `map=/FILE&blue=NAME&green=NAME` in place of `backend=`.',
    example: 'haproxy://deploy@lb-1.example.com/run/haproxy/admin.sock?backend=web&server={host}-{slot}',
  },
  service: {
    type: choice('script', 'systemd', 'systemd-user', 'tomcat', 'container', 'command'),
    required: true,
    description:
      'How the release is run on a host: `script` = its own start and stop scripts, supervised; `systemd` = a template unit that an administrator installs once, as `mode: plan` prints it; `systemd-user` = a unit of the ssh user, who needs `loginctl enable-linger`; `tomcat` = a war in a Tomcat that runs already, by parallel deployment; `container` = an image in docker or podman; `command` = a program of yours on the hosts.',
  },
  unit: {
    type: text,
    description:
      'For `systemd` and `systemd-user`: the template unit; default: `<app>-<environment>@`. Each slot is an instance of it.',
    example: 'shop-production@',
  },
  become: {
    type: choice('none', 'sudo'),
    default: 'none',
    description:
      'For `systemd`: how the ssh user gives orders to systemd: `sudo` = by `sudo -n`, a few exact commands that `mode: plan` prints for sudoers; `none` = as it is, which takes root.',
  },
  start: {
    type: path,
    default: 'bin/start',
    description: 'The program in the release that runs the service in the foreground.',
  },
  stop: {
    type: path,
    default: 'bin/stop',
    description: 'For `script`: the program in the release that stops it; when the release has none, SIGTERM does.',
  },
  'tomcat-base': {
    type: hostPath,
    default: '/var/lib/tomcat10',
    description: 'For `tomcat`: its CATALINA_BASE on the hosts; the ssh user may write in its `webapps`.',
  },
  'tomcat-context': {
    type: contextPath,
    description: 'For `tomcat`: the path that the war is deployed at, or `ROOT`; default: the app.',
    example: 'ROOT',
  },
  engine: {
    type: choice('docker', 'podman'),
    default: 'docker',
    description: 'For `container`: what runs it; the ssh user may use it.',
  },
  'container-port': {
    type: integer(1, 65_535),
    description:
      'For `container`: where the image listens (its `PORT`); the port of the health check is published to it. Without it, the container uses the network of the host.',
    example: '8080',
  },
  'container-options': {
    type: lines,
    description: 'For `container`: more arguments of `docker run`, one a line.',
    example: '|\n  --memory=512m\n  --volume=/srv/shop:/data',
  },
  command: {
    type: hostPath,
    description: 'For `command`: the program on the hosts that starts, stops and tells.',
    example: '/usr/local/bin/shop-service',
  },
  'stop-timeout': { type: duration, default: '10s', description: 'After this the service is ended by SIGKILL.' },
  health: {
    type: text,
    required: true,
    description:
      'The health check, seen from the host itself: `http://:8080/healthz`; `{host}`, `{address}`, `{port}` and `{slot}` are filled in. A 2xx answer passes.',
    example: 'http://:8080/healthz',
  },
  slots: {
    type: list,
    description:
      'Two places for a release on every host, each with its port: the new one comes up beside the one that serves. `{port}` and `{slot}` in `health` are those of the slot. Without it there is one.',
    example: 'blue=8080, green=8081',
  },
  'version-from': {
    type: text,
    default: 'process',
    description:
      'What proves that it is this version which answers: `process` (the running process lies in the release), `header:NAME`, `json:PATH` or `body` of the health check.',
  },
  'health-passes': { type: integer(1, 100), default: '3', description: 'Passes in a row that make a member healthy.' },
  'health-interval': { type: duration, default: '200ms', description: 'Between two tries of the health check.' },
  'health-timeout': { type: duration, default: '60s', description: 'For a started member to become healthy.' },
  'drain-timeout': {
    type: duration,
    default: '30s',
    description: 'For the requests in flight on a drained member to end; then the deployment fails.',
  },
  batch: {
    type: amounts,
    default: '25%',
    description:
      'How many members are taken at once; a share is rounded down, and is at least 1. Several are those of the first batch, the second and so on, the last one for all that follow: `1, 10%, 100%`.',
  },
  'min-available': {
    type: amount,
    default: '75%',
    description: 'Members in service never fall below this; a share is rounded down, and is at least 1.',
  },
  'max-failures': {
    type: integer(0, 10_000),
    default: '0',
    description: 'Members that may fail over the whole deployment before all that was touched goes back.',
  },
  'allow-downtime': {
    type: flag,
    default: 'false',
    description: 'Goes on where the promise cannot be kept: one host, or no balancer, with something live.',
  },
  hooks: {
    type: lines,
    description:
      'Programs at moments of a deployment, one a line: `MOMENT on host|runner|once [within 5m]: PROGRAM ARGUMENTS`; moments are `before-stage`, `after-start`, `before-shift`, `after-deploy` and `on-failure`.',
    example: '|\n  after-start on host: bin/warm-up\n  before-shift on runner within 2m: ./smoke-test.sh',
  },
  ...leaseInputs,
  keep: { type: integer(2, 1000), default: '5', description: 'Healthy releases that stay on the hosts.' },
});

export type FleetInputs = InputsOf<typeof fleetInputs>;

/** What only a deployment brings: a rollback finds it on the hosts. */
export const deploymentInputs = defineInputs({
  'env-file': {
    type: secretText,
    secret: true,
    description:
      'The variables of the service, as lines of dotenv. They are kept on the hosts beside the release (mode 0600), so that a rollback brings back those which were healthy with it; other ones are a change, and restart the same release.',
    example: '${{ secrets.ENV_FILE }}',
  },
  shared: {
    type: lines,
    description:
      'Paths in the release that are links into `shared/` on each host, and so stay from release to release: `var/uploads` is a folder, `config/local.yml` (a name with a dot) a file, which has to be there.',
    example: '|\n  var/uploads\n  config/local.yml',
  },
  migrate: {
    type: text,
    description:
      'A program of the release, with its arguments, that brings the data to what the release needs: on one host, once in a deployment, before anything starts; never in a rollback.',
    example: 'bin/migrate --all',
  },
  'migrate-timeout': { type: duration, default: '15m', description: 'For the migration to end.' },
});

export type DeploymentInputs = InputsOf<typeof deploymentInputs>;
