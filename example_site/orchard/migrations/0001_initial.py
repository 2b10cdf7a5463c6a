import django.db.models.deletion
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('wagtailcore', '0094_alter_page_locale'),
        ('wagtailimages', '0027_image_description'),
    ]

    operations = [
        migrations.CreateModel(
            name='ContentPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.CharField(blank=True, max_length=300)),
                ('body', wagtail.fields.StreamField([('heading', 0), ('text', 1), ('picture', 4), ('payment', 10)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'icon': 'title', 'template': 'orchard/blocks/heading.html'}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['h3', 'bold', 'italic', 'link', 'ul', 'ol'], 'icon': 'pilcrow'}), 2: ('wagtail.images.blocks.ImageChooserBlock', (), {}), 3: ('wagtail.blocks.CharBlock', (), {'required': False}), 4: ('wagtail.blocks.StructBlock', [[('image', 2), ('caption', 3)]], {}), 5: ('wagtail.snippets.blocks.SnippetChooserBlock', ('wagtail_payments.Product',), {'label': 'Product'}), 6: ('wagtail.blocks.CharBlock', (), {'help_text': 'Defaults to “Pay”, or to “Donate” if the payer chooses the amount.', 'label': 'Button text', 'max_length': 40, 'required': False}), 7: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('card', 'Card, with the description'), ('compact', 'Compact')], 'label': 'Layout'}), 8: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('inline', 'In the page'), ('hosted', "On the payment provider's page")], 'label': 'Where to pay'}), 9: ('wagtail.blocks.ChoiceBlock', [], {'choices': [], 'help_text': "Leave it empty to use the site's default provider.", 'label': 'Paid through', 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('product', 5), ('button_text', 6), ('layout', 7), ('ui', 8), ('provider', 9)]], {})})),
                ('picture', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailimages.image')),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='HomePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.CharField(blank=True, max_length=300)),
                ('body', wagtail.fields.StreamField([('heading', 0), ('text', 1), ('picture', 4), ('payment', 10)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'icon': 'title', 'template': 'orchard/blocks/heading.html'}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['h3', 'bold', 'italic', 'link', 'ul', 'ol'], 'icon': 'pilcrow'}), 2: ('wagtail.images.blocks.ImageChooserBlock', (), {}), 3: ('wagtail.blocks.CharBlock', (), {'required': False}), 4: ('wagtail.blocks.StructBlock', [[('image', 2), ('caption', 3)]], {}), 5: ('wagtail.snippets.blocks.SnippetChooserBlock', ('wagtail_payments.Product',), {'label': 'Product'}), 6: ('wagtail.blocks.CharBlock', (), {'help_text': 'Defaults to “Pay”, or to “Donate” if the payer chooses the amount.', 'label': 'Button text', 'max_length': 40, 'required': False}), 7: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('card', 'Card, with the description'), ('compact', 'Compact')], 'label': 'Layout'}), 8: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('inline', 'In the page'), ('hosted', "On the payment provider's page")], 'label': 'Where to pay'}), 9: ('wagtail.blocks.ChoiceBlock', [], {'choices': [], 'help_text': "Leave it empty to use the site's default provider.", 'label': 'Paid through', 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('product', 5), ('button_text', 6), ('layout', 7), ('ui', 8), ('provider', 9)]], {})})),
                ('picture', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailimages.image')),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='MyPaymentsPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.CharField(blank=True, max_length=300)),
                ('body', wagtail.fields.StreamField([('heading', 0), ('text', 1), ('picture', 4), ('payment', 10)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'icon': 'title', 'template': 'orchard/blocks/heading.html'}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['h3', 'bold', 'italic', 'link', 'ul', 'ol'], 'icon': 'pilcrow'}), 2: ('wagtail.images.blocks.ImageChooserBlock', (), {}), 3: ('wagtail.blocks.CharBlock', (), {'required': False}), 4: ('wagtail.blocks.StructBlock', [[('image', 2), ('caption', 3)]], {}), 5: ('wagtail.snippets.blocks.SnippetChooserBlock', ('wagtail_payments.Product',), {'label': 'Product'}), 6: ('wagtail.blocks.CharBlock', (), {'help_text': 'Defaults to “Pay”, or to “Donate” if the payer chooses the amount.', 'label': 'Button text', 'max_length': 40, 'required': False}), 7: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('card', 'Card, with the description'), ('compact', 'Compact')], 'label': 'Layout'}), 8: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('inline', 'In the page'), ('hosted', "On the payment provider's page")], 'label': 'Where to pay'}), 9: ('wagtail.blocks.ChoiceBlock', [], {'choices': [], 'help_text': "Leave it empty to use the site's default provider.", 'label': 'Paid through', 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('product', 5), ('button_text', 6), ('layout', 7), ('ui', 8), ('provider', 9)]], {})})),
                ('picture', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailimages.image')),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
    ]
