<?php

namespace Nar;

[$title, $meaning, $advice] = array_map(t(...), table('verdicts')[$verdict->status]);
$facts = array_filter([
    $verdict->status === 'revoked' && $verdict->revoked !== null ? t('When: %(when)s.', when: time_of($verdict->revoked)) : null,
    $verdict->status === 'revoked' && $verdict->reason !== null ?
        t('Reason: %(reason)s', reason: isset(table('reasons')[$verdict->reason]) ? t(table('reasons')[$verdict->reason]) : $verdict->reason) : null,
    $verdict->status === 'expired' && $verdict->expires !== null ? t('It was valid until %(when)s.', when: time_of($verdict->expires)) : null,
]); ?>
<div class="nar-verdict nar-verdict--<?= h($verdict->status) ?>" role="status"><h1 class="govuk-heading-l"><?= h($title) ?></h1>
<p class="govuk-body"><?= h(implode(' ', [$meaning, ...$facts])) ?></p>
<p class="govuk-body"><strong><?= h($advice) ?></strong></p></div>
<?php if ($verdict->fields !== null && $verdict->fields !== []) {
    $shown = signed_fields($verdict->fields);
    if (in_array($verdict->status, ['bad_signature', 'unknown_key'], true)) { ?>
<p class="govuk-body"><?= e('What it claims, which nobody vouches for:') ?></p>
<?php } ?>
<dl class="govuk-summary-list">
<?php row(t('Number'), $verdict->number);
    row(t('Portal'), $verdict->host);
    if ($verdict->issued !== null) {
        row(t('Issued'), time_of($verdict->issued));
    }
    if ($verdict->expires !== null) {
        row(t('Valid until'), time_of($verdict->expires));
    }
    foreach ($shown as [$name, $value]) {
        row($name, (string) $value);
    }
    row(t('Checked'), time_of(new \DateTimeImmutable())); ?>
</dl>
<?php if (count($shown) < count($verdict->fields)) {
        details(t('Everything that was signed'), static function () use ($verdict): void { ?>
<dl class="govuk-summary-list"><?php foreach ($verdict->fields as $name => $value) {
                row($name, (string) $value);
            } ?></dl>
<?php });
    }
}
