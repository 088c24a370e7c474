<?php

namespace Nar;

back('/cabinet'); ?>
<main class="govuk-main-wrapper" id="content">
<?php summary($form);
$sent = array_filter(array_merge(...array_map(static fn(array $of) => $of[1]->items, $people)), static fn(\Edu\Reference $one) => $one->id === $made);
foreach ($sent as $one) { ?>
<div class="govuk-panel govuk-panel--confirmation"><h1 class="govuk-panel__title"><?= e($one->state === 'waiting' ? 'Your request was received' : 'Your reference is ready') ?></h1><div class="govuk-panel__body"><?= e('Its number') ?><br><strong><?= h($one->request) ?></strong></div></div>
<?php }
if ($sent === []) { ?>
<h1 class="govuk-heading-l"><?= e('Electronic references') ?></h1>
<?php }
// What was just made stands first.
$own = static function () use ($people): void {
    foreach ($people as [$person, $references]) {
        if (count($references) > 0) { ?>
    <h2 class="govuk-heading-m"><?= count($people) > 1 ? h(name_of($person)) : e('Your references') ?></h2>
    <?php foreach ($references as $one) {
                reference_card($one);
            }
        }
    }
};
if ($sent !== []) {
    $own();
} ?>
<p class="govuk-body"><?= e('Made from the registers at once. Whoever gets it can check it by its QR code.') ?></p>
<form method="post" action="/references" novalidate><?php tokens($form);
if (count($family) > 1) {
    select($form, 'person', t('For whom'), array_column(array_map(static fn(\Edu\Person $one) => [$one->id, name_of($one)], $family), 1, 0));
}
radios($form, 'type', t('Which reference?'), array_column(array_map(
    static fn(\Edu\ReferenceType $type) => [$type->code, [$type->title, "$type->summary " . validity($type)]], $types), 1, 0));
button(t('Get the reference')); ?>
</form>
<?php if ($sent === []) {
    $own();
} ?>
</main>
