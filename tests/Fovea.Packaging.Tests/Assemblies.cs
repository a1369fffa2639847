using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Fovea.Packaging.Tests;

/// <summary>What an assembly's file holds, without loading it.</summary>
internal static class Assemblies
{
    /// <summary>Whether a file is an assembly of portable code alone: no machine code and no image compiled
    /// ahead.</summary>
    public static bool IsPortable(Stream file)
    {
        using PEReader reader = new(Buffered(file));
        return reader.HasMetadata
            && reader.PEHeaders.CorHeader is { } header
            && header.Flags.HasFlag(CorFlags.ILOnly)
            && header.ManagedNativeHeaderDirectory.Size == 0;
    }

    /// <summary>The names that documentation files have for the public types: <c>T:Namespace.Outer.Inner`1</c>.</summary>
    public static IReadOnlyList<string> PublicTypes(Stream file)
    {
        using PEReader reader = new(Buffered(file));
        MetadataReader metadata = reader.GetMetadataReader();
        List<string> found = [];
        foreach (TypeDefinition type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition))
        {
            if (IsVisible(metadata, type))
            {
                found.Add("T:" + NameOf(metadata, type));
            }
        }

        return found;
    }

    private static MemoryStream Buffered(Stream file)
    {
        MemoryStream all = new();
        file.CopyTo(all);
        all.Position = 0;
        return all;
    }

    private static bool IsVisible(MetadataReader metadata, TypeDefinition type) =>
        (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily => IsVisible(
                metadata,
                metadata.GetTypeDefinition(type.GetDeclaringType())
            ),
            _ => false,
        };

    private static string NameOf(MetadataReader metadata, TypeDefinition type)
    {
        string name = metadata.GetString(type.Name);
        return type.IsNested ? $"{NameOf(metadata, metadata.GetTypeDefinition(type.GetDeclaringType()))}.{name}"
            : type.Namespace.IsNil ? name
            : $"{metadata.GetString(type.Namespace)}.{name}";
    }
}
