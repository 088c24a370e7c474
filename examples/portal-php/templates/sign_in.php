<?php namespace Nar; ?>
<main class="govuk-main-wrapper" id="content">
<?php summary($form); ?>
<h1 class="govuk-heading-l"><?= e('Sign in') ?></h1>
<?php if ($is_ended) { ?>
<div class="govuk-inset-text"><?= e('You were signed out meanwhile, and nothing was sent.') ?><?php if ($kept !== '') { ?> <?= e('What you typed is kept: sign in, and you can go on.') ?><?php } ?></div>
<?php } ?>
<form method="post" action="/sign-in" novalidate><?php tokens();
if ($kept !== '') { ?><input type="hidden" name="kept" value="<?= h($kept) ?>"><?php } ?><input type="hidden" name="next" value="<?= h($next) ?>">
<?php input($form, 'login', t('Login'), autocomplete: 'username');
input($form, 'password', t('Password'), type: 'password', autocomplete: 'current-password');
button(t('Sign in')); ?>
</form>
</main>
