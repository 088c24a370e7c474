<?php

namespace Nar;

back('/references'); ?>
<main class="govuk-main-wrapper" id="content">
<?php summary($form); ?>
<h1 class="govuk-heading-l"><?= e('Electronic references') ?></h1>
<form method="post" action="/references" novalidate><?php tokens($form);
hidden($form, 'person', 'type');
radios($form, 'record', t('Of which record?'), array_column(array_map(
    static fn(\Edu\RegisterRecord $record) => [$record->id, [values_of($record)]], $matches->items), 1, 0));
button(t('Get the reference')); ?>
</form>
</main>
