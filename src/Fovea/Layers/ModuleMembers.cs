using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace Fovea;

/// <summary>Finds what a module is made of: its fields that are modules, parameters, state, or lists of modules, in the
/// order of declaration.</summary>
/// <remarks>
/// Names are the field's in snake case, as checkpoints of the field use: <c>_depthwise</c> gives <c>depthwise</c>, the
/// property <c>RunningMean</c>
/// gives <c>running_mean</c>, <see cref="NamedAsAttribute"/> gives what it says. Base classes come first. Reflection
/// runs once a type.
/// </remarks>
internal static class ModuleMembers
{
    /// <summary>What must stay of modules' types in a trimmed program: the fields, and the properties whose names they
    /// may have.</summary>
    public const DynamicallyAccessedMemberTypes Kept =
        DynamicallyAccessedMemberTypes.PublicFields
        | DynamicallyAccessedMemberTypes.NonPublicFieldsWithInherited
        | DynamicallyAccessedMemberTypes.PublicProperties
        | DynamicallyAccessedMemberTypes.NonPublicPropertiesWithInherited;

    private static readonly ConcurrentDictionary<Type, (string Name, FieldInfo Field)[]> Cache = new();

    public static IEnumerable<(string Name, object Value)> Of(Module module)
    {
        Type type = module.GetType();
        if (!Cache.TryGetValue(type, out (string Name, FieldInfo Field)[]? members))
        {
            members = Find(module.GetType());
            Cache.TryAdd(type, members);
        }

        foreach ((string name, FieldInfo field) in members)
        {
            switch (field.GetValue(module))
            {
                case Module or Parameter or StateBuffer:
                    yield return (name, field.GetValue(module)!);
                    break;
                case IEnumerable<Module> list:
                    int index = 0;
                    foreach (Module item in list)
                    {
                        yield return ($"{name}.{index++}", item);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private static (string, FieldInfo)[] Find([DynamicallyAccessedMembers(Kept)] Type type)
    {
        const BindingFlags Own =
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        List<(string, FieldInfo)> found = [];
        if (type.BaseType is { } above && above != typeof(Module) && above != typeof(object))
        {
            found.AddRange(Find(above));
        }

        IOrderedEnumerable<FieldInfo> fields = type.GetFields(Own)
            .Where(f => CanHold(f.FieldType))
            .OrderBy(f => f.HasMetadataToken() ? f.MetadataToken : 0); // native programs have none, and keep the order
        foreach (FieldInfo field in fields)
        {
            found.Add((NameOf(type, field), field));
        }

        return [.. found];
    }

    private static bool CanHold(Type type) =>
        typeof(Module).IsAssignableFrom(type)
        || type == typeof(Parameter)
        || type == typeof(StateBuffer)
        || typeof(IEnumerable<Module>).IsAssignableFrom(type);

    private static string NameOf([DynamicallyAccessedMembers(Kept)] Type type, FieldInfo field)
    {
        string name = field.Name;
        MemberInfo member = field;
        if (name.StartsWith('<'))
        {
            // A property's backing field "<Name>k__BackingField", or a captured primary-constructor parameter
            // "<name>P".
            name = name[1..name.IndexOf('>', StringComparison.Ordinal)];
            member =
                type.GetProperty(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                ?? (MemberInfo)field;
        }

        return member.GetCustomAttribute<NamedAsAttribute>()?.Name ?? SnakeCase(name.TrimStart('_'));
    }

    private static string SnakeCase(string name)
    {
        StringBuilder result = new();
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && !char.IsUpper(name[i - 1]))
            {
                result.Append('_');
            }

            result.Append(char.ToLowerInvariant(name[i]));
        }

        return result.ToString();
    }
}

/// <summary>Gives a module's field or property the name it has in paths and checkpoints, where it is not the member's
/// own in snake case.</summary>
/// <param name="name">One path element, e.g. <c>0</c> or <c>downsample</c>.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class NamedAsAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}
