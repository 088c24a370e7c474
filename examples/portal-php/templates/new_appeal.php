<?php

namespace Nar;

back('/cabinet'); ?>
<main class="govuk-main-wrapper" id="content">
<?php summary($form); ?>
<h1 class="govuk-heading-l"><?= e('Write an appeal') ?></h1>
<?php if ($is_checking) { ?>
<h2 class="govuk-heading-m"><?= e('Check before you send') ?></h2>
<dl class="govuk-summary-list">
<?php if ($form->given('person') !== null) {
    row(t('For whom'), $family[$form->value('person')] ?? '');
}
row(t('What it is about'), $categories[$form->value('category')] ?? '');
if ($form->given('region') !== null) {
    row(t('Where'), $regions[$form->value('region')] ?? '');
} ?>
<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key"><?= e('What you wrote') ?></dt><dd class="govuk-summary-list__value nar-words"><?= h($form->value('text')) ?></dd></div>
</dl>
<form method="post" enctype="multipart/form-data" action="/appeals/new" novalidate><?php tokens($form); ?><input type="hidden" name="checked" value="1">
<?php hidden($form, 'person', 'category', 'region', 'text');
upload($form, t('Add files, if there are any'), t('PDF, JPEG or PNG, up to 5 MB each'), '.pdf,.jpg,.jpeg,.png', true);
button(t('Send it to the ministry')); ?>
</form>
<h2 class="govuk-heading-m"><?= e('Or change it') ?></h2>
<?php } else { ?>
<p class="govuk-body"><?= e('You get a number at once, and see here what happens with your appeal.') ?></p>
<?php } ?>
<form method="post" action="/appeals/new" novalidate><?php tokens($form);
if (count($family) > 1) {
    select($form, 'person', t('For whom'), $family);
}
select($form, 'category', t('What it is about'), $categories, t('Choose'));
select($form, 'region', t('Where it happened, if it matters'), $regions, t('Not said'));
words($form, 'text', t('What has happened, and what do you ask for?'), 8,
    t('Where and when it was, and who can tell more. No personal numbers of others.'));
button($is_checking ? t('Change') : t('Continue'), $is_checking ? 'govuk-button--secondary' : ''); ?>
</form>
</main>
